// An HTTP exchange without a connection: a request to answer, and the answer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.h"
#include "sys/http/http_server.h"

namespace fescue {

class TestExchange final : public HttpExchange {
 public:
  explicit TestExchange(HttpRequest request) : request_(std::move(request)) {}
  const HttpRequest& request() const override { return request_; }
  HttpRequest& request() override { return request_; }
  const Peer& peer() const override { return peer_; }
  void respond(HttpResponse response) override {
    FESCUE_ASSERT(!answer);  // one, as for a client
    answer = std::move(response);
  }
  void on_abandoned(std::function<void()> handler) override { abandoned = std::move(handler); }
  void on_unread(std::function<void()> handler) override { unread = std::move(handler); }

  std::optional<HttpResponse> answer;
  std::function<void()> abandoned, unread;

 private:
  HttpRequest request_;
  Peer peer_;
};

}  // namespace fescue
