// Which row answers which path.
#include "cloud/http_routes.h"

#include <gtest/gtest.h>

#include "cloud/api/lambda/artifact_download.h"
#include "cloud/metrics_endpoint.h"
#include "tests/fakes/test_exchange.h"

namespace fescue::cloud {
namespace {

bool is_a(std::string_view path) { return path == "/a"; }

HttpHandler answer_with(std::string text) {
  return [text](const HttpExchangePtr& exchange) { exchange->respond({200, {}, text}); };
}

std::string answer_of(const HttpHandler& handler, const std::string& target) {
  const auto exchange = std::make_shared<TestExchange>(HttpRequest{"GET", target, {}, ""});
  handler(exchange);
  return std::to_string(exchange->answer->status) + " " + exchange->answer->body;
}

TEST(HttpRoutes, TheFirstRowThatTakesThePathAnswers) {
  const HttpHandler handler = route_by_path(
      {{"a", is_a, answer_with("a")}, {"shadowed", is_a, answer_with("no")}, {"rest", any_path, answer_with("rest")}});
  EXPECT_EQ(answer_of(handler, "/a"), "200 a");
  EXPECT_EQ(answer_of(handler, "/a?query=/b"), "200 a");
  EXPECT_EQ(answer_of(handler, "/a/b"), "200 rest");
  EXPECT_EQ(answer_of(handler, "/"), "200 rest");
}

TEST(HttpRoutes, WhatNoRowTakesIsNotThere) {
  EXPECT_EQ(answer_of(route_by_path({{"a", is_a, answer_with("a")}}), "/b"), "404 There is nothing here.\n");
}

TEST(HttpRoutes, PathsOfTheApisListener) {
  EXPECT_TRUE(is_metrics_path("/_fescue/metrics"));
  EXPECT_FALSE(is_metrics_path("/_fescue/metrics/x"));
  EXPECT_TRUE(is_artifact_download("/_artifacts/lambda/0.zip"));
  EXPECT_FALSE(is_artifact_download("/2015-03-31/functions"));
}

}  // namespace
}  // namespace fescue::cloud
