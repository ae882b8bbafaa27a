// The text of given counters.
#include "cloud/cloud_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(CloudMetrics, SayWhatWasDoneAndRefused) {
  const Operation operation{Service::lambda, "GetFunction", "GET", "/f", nullptr};
  ApiCounters api;
  api.requests = 7;
  api.unverified = 2;
  api.errors = {{"ResourceNotFoundException", 1}, {"InvalidSignatureException", 2}};
  api.operations[&operation] = {.succeeded = 4, .refused = 1, .failed = 0};
  BrokerCounters broker;
  broker.protocol_errors = 3;
  const RejectionCounts rejections{{{ListenerName::cores, "certificate"}, 5}};
  const WallTime started = from_epoch_milliseconds(1'000'000);
  const std::string text = to_prometheus({"1.2", started, api, broker, rejections}, started + std::chrono::seconds(9));

  EXPECT_THAT(text, HasSubstr("fescue_cloud_info{version=\"1.2\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("fescue_uptime_seconds 9\n"));
  EXPECT_THAT(text, HasSubstr("fescue_api_requests_total 7\n"));
  EXPECT_THAT(text, HasSubstr("fescue_api_errors_total{error=\"InvalidSignatureException\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{service=\"lambda\",operation=\"GetFunction\",outcome=\"refused\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("outcome=\"failed\"")));
  EXPECT_THAT(text, HasSubstr("fescue_refused_total{door=\"cores\",cause=\"certificate\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("fescue_mqtt_refused_total{cause=\"protocol_error\"} 3\n"));
}

}  // namespace
}  // namespace fescue::cloud
