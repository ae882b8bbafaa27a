// For tests: a control plane over a database in memory, and requests signed as clients sign them.
//
//   class Things : public ApiTest {};
//   TEST_F(Things, AreCreated) {
//     const HttpResponse response = call("iot", "POST", "/things/t1", "{}");
//     EXPECT_EQ(response.status, 200U);
//   }
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cloud/api/framework/api_server.h"
#include "cloud/broker/iot_rules.h"
#include "cloud/broker/policy_library.h"
#include "cloud/control_plane.h"
#include "cloud/deployments/remote_invocations.h"
#include "cloud/deployments/rollout.h"
#include "cloud/packages/package_source.h"
#include "cloud/store/access_key_store.h"
#include "cloud/store/artifact_store.h"
#include "cloud/store/schema.h"
#include "sys/sigv4/aws_sigv4.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/temp_directory.h"

namespace fescue::cloud {

using TestHeaders = std::vector<std::pair<std::string, std::string>>;

inline Database migrated_database() {
  Database database = Database::open(":memory:").value();
  database.migrate(migrations()).value();
  return database;
}

/// The error name of an answer, from where clients look for it.
inline std::string error_of(const HttpResponse& response) {
  return std::string(response.headers.get("x-amzn-errortype"));
}

/// An empty body is an empty object.
inline json::value json_of(const HttpResponse& response) {
  if (response.body.empty()) return json::object();
  boost::system::error_code error;
  json::value value = json::parse(response.body, error);
  EXPECT_FALSE(error) << response.body;
  return value;
}

class ApiTest : public testing::Test {
 protected:
  /// `table` must outlive the fixture.
  explicit ApiTest(std::span<const Operation> table = operations())
      : database_(migrated_database()),
        authority_(test_authority()),
        artifacts_(ArtifactStore::open(real_file_system(), directory_.path("artifacts")).value()),
        key_(AccessKeyStore(database_).set_owner_key(config_.account, random_access_key(), now_).value()),
        api_server_(plane_, tasks_, table) {}

  HttpRequest request(std::string_view method, std::string_view target, std::string_view body = {},
                      const TestHeaders& headers = {}) const {
    HttpRequest made{std::string(method), std::string(target), {}, std::string(body)};
    made.headers.add("Host", "127.0.0.1:8181");
    for (const auto& [name, value] : headers) made.headers.add(name, value);
    return made;
  }

  /// Sends a request as it is.
  HttpResponse send(HttpRequest made, const std::string& origin = "uid 0") {
    return run_task(io_, api_server_.answer(std::move(made), {"test", origin, {}}));
  }

  /// Signs for the service `scope` with the fixture's key and sends.
  HttpResponse call(std::string_view scope, std::string_view method, std::string_view target,
                    std::string_view body = {}, const TestHeaders& headers = {}) {
    HttpRequest made = request(method, target, body, headers);
    // The clock stands still here, and a signature is good once.
    made.headers.add("X-Amz-Test-Call", std::to_string(++calls_));
    sign_sigv4(made, {key_.id, key_.secret}, config_.region.str(), scope, now_);
    return send(std::move(made));
  }

  RolloutPorts rollout_ports(TaskGroup& tasks) {
    return {config_, database_, artifacts_, broker_, pool_, tasks, rejections_, [this] { return now_; }};
  }

  static const Authority& test_authority() {
    static const Authority authority = make_authority("Test CA", std::chrono::hours(24 * 365 * 20)).value();
    return authority;
  }

  asio::io_context io_;
  TempDirectory directory_;
  WallTime now_ = from_epoch_milliseconds(1795377242123);  // 2026-11-22T19:54:02.123Z
  CloudConfig config_{Region("us-west-2"), AccountId("123456789012"), directory_.path(), "127.0.0.1"};
  Database database_;
  BlockingPool pool_{1};
  const Authority& authority_;
  ArtifactStore artifacts_;
  TaskGroup tasks_{io_};
  PolicyLibrary policies_{database_, config_};
  CoreNames cores_;
  IotRules rules_{cores_};
  MqttServer broker_{io_, iot_limits(), rules_};
  RejectionLog rejections_;
  Rollout rollout_{rollout_ports(tasks_)};  // not started
  RemoteInvocations invocations_{io_, broker_};
  PackageFetcher packages_{io_, nullptr};
  ControlPlane plane_{config_,    database_,   artifacts_, rollout_, broker_,   invocations_,           pool_,
                      authority_, rejections_, policies_,  cores_,   packages_, [this] { return now_; }};
  ApiAccessKey key_;
  ApiServer api_server_;
  unsigned calls_ = 0;
};

}  // namespace fescue::cloud
