// The page as its owner and as others get it.
#include "cloud/metrics_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/api/framework/api_metrics.h"
#include "mqtt_server/server_metrics.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;
using testing::Not;

Peer peer_of(uid_t uid) {
  Peer peer;
  peer.uid = uid;
  return peer;
}

TEST(MetricsEndpoint, SaysWhatWasDoneAndRefused) {
  const Operation operation{Service::lambda, "GetFunction", "GET", "/f", nullptr};
  ApiCounters api;
  api.requests = 7;
  api.unverified = 2;
  api.errors = {{"ResourceNotFoundException", 1}, {"InvalidSignatureException", 2}};
  api.operations[&operation] = {.succeeded = 4, .refused = 1, .failed = 0};
  MqttServerCounters broker;
  broker.protocol_errors = 3;
  const RejectionCounts counts{{{ListenerName::cores, "certificate"}, 5}};
  const WallTime started = from_epoch_milliseconds(1'000'000);
  RejectionLog rejections;
  Owners owners(std::set<uid_t>{7});
  MetricsEndpoint endpoint(
      owners, rejections,
      {process_metrics("1.2", started, [=] { return started + std::chrono::seconds(9); }),
       [&](MetricsText& out) { add_metrics(out, api); }, [&](MetricsText& out) { add_metrics(out, counts); },
       [&](MetricsText& out) { add_metrics(out, broker); },
       [](MetricsText& out) {
         add_body_metrics(out, {{ListenerName::api, 70, 6}});
         add_answer_metrics(out, {{ListenerName::cores, 80, 9}});
       }});
  const HttpResponse response = endpoint.answer(peer_of(7));
  EXPECT_EQ(response.status, 200U);
  const std::string& text = response.body;

  EXPECT_THAT(text, HasSubstr("fescue_cloud_info{version=\"1.2\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("fescue_uptime_seconds 9\n"));
  EXPECT_THAT(text, HasSubstr("fescue_api_requests_total 7\n"));
  EXPECT_THAT(text, HasSubstr("fescue_api_errors_total{error=\"InvalidSignatureException\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{service=\"lambda\",operation=\"GetFunction\",outcome=\"refused\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("outcome=\"failed\"")));
  EXPECT_THAT(text, HasSubstr("fescue_refused_total{listener=\"cores\",cause=\"certificate\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("fescue_unverified_body_bytes{listener=\"api\"} 70\n"));
  EXPECT_THAT(text, HasSubstr("fescue_unverified_bodies_refused_total{listener=\"api\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("fescue_unread_answer_bytes{listener=\"cores\"} 80\n"));
  EXPECT_THAT(text, HasSubstr("fescue_unread_answers_refused_total{listener=\"cores\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("fescue_mqtt_refused_total{cause=\"protocol_error\"} 3\n"));
}

TEST(MetricsEndpoint, IsForItsOwner) {
  RejectionLog rejections;
  Owners owners(std::set<uid_t>{7});
  MetricsEndpoint endpoint(owners, rejections, {[](MetricsText& out) { out.gauge("secret", "", 1); }});
  const HttpResponse response = endpoint.answer(peer_of(8));
  EXPECT_EQ(response.status, 403U);
  EXPECT_THAT(response.body, Not(HasSubstr("secret")));
  EXPECT_EQ(rejections.counts().at({ListenerName::api, "metrics"}), 1U);
}

}  // namespace
}  // namespace fescue::cloud
