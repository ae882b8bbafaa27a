// Which row answers which path.
#include "cloud/http_routes.h"

#include <optional>

#include <gtest/gtest.h>

#include "cloud/api/lambda/artifact_download.h"
#include "cloud/metrics_endpoint.h"

namespace fescue::cloud {
namespace {

class RoutedExchange final : public HttpExchange {
 public:
  explicit RoutedExchange(std::string target) { request_.target = std::move(target); }
  const HttpRequest& request() const override { return request_; }
  HttpRequest& request() override { return request_; }
  const Peer& peer() const override { return peer_; }
  void respond(HttpResponse response) override { answer = std::move(response); }
  void on_abandoned(std::function<void()>) override {}
  void on_unread(std::function<void()>) override {}

  std::optional<HttpResponse> answer;

 private:
  HttpRequest request_;
  Peer peer_;
};

bool is_a(std::string_view path) { return path == "/a"; }

HttpHandler answer_with(std::string text) {
  return [text](const HttpExchangePtr& exchange) { exchange->respond({200, {}, text}); };
}

std::string answer_of(const HttpHandler& handler, const std::string& target) {
  const auto exchange = std::make_shared<RoutedExchange>(target);
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
