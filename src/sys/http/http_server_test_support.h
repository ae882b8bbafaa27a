// For tests: one connection that is served, and its client, which the test plays.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/http/http_server.h"

namespace fescue {

/// One served connection and the other end of it.
struct HttpServerTest : testing::Test {
  HttpServerTest() : tasks(io), client_tasks(io) {
    options.server_name = "";
    options.on_bad_request = [this](const Peer& peer, unsigned status, std::string_view why) {
      EXPECT_EQ(peer.address, "unix");
      EXPECT_FALSE(why.empty());
      refused.push_back(status);
    };
  }

  /// The client has sent `early` before the server sees the connection.
  void start(HttpHandler handler, std::string_view early = {}) {
    unix_socket::socket ours(io), theirs(io);
    asio::local::connect_pair(ours, theirs);
    client_fd = theirs.native_handle();
    client = make_stream(std::move(theirs));
    if (!early.empty()) send(early);
    serve_http(tasks, make_stream(std::move(ours)), std::make_shared<HttpServerOptions>(options),
               std::make_shared<HttpHandler>(std::move(handler)));
  }

  void send(std::string_view bytes) { ASSERT_EQ(client->write_now(asio::buffer(bytes)), bytes.size()); }

  /// Everything that is sent in answer to `bytes`, which are followed by end of file.
  std::string talk(std::string bytes);
  /// Lets everybody do what they can without waiting, and gives what has come.
  std::string received();

  asio::io_context io{1};
  TaskGroup tasks, client_tasks;
  HttpServerOptions options;
  StreamPtr client;
  int client_fd = -1;
  std::vector<unsigned> refused;
  std::string input;
  bool at_end = false;
};

inline Task<void> write_and_finish(HttpServerTest* test, std::string bytes) {
  co_await test->client->write_all(asio::buffer(bytes));
  test->client->finish_writing();
}

inline Task<void> read_to_end(HttpServerTest* test) {
  char bytes[4096];
  for (;;) {
    const auto [error, got] = co_await test->client->read_some(asio::buffer(bytes));
    test->input.append(bytes, got);
    if (error) break;
  }
  test->at_end = true;
}

inline std::string HttpServerTest::talk(std::string bytes) {
  client_tasks.spawn("writer", write_and_finish(this, std::move(bytes)));
  client_tasks.spawn("reader", read_to_end(this));
  io.restart();
  io.run();
  EXPECT_TRUE(at_end);
  return std::exchange(input, {});
}

inline std::string HttpServerTest::received() {
  if (client_tasks.size() == 0 && !at_end) client_tasks.spawn("reader", read_to_end(this));
  io.restart();
  io.poll();
  return std::exchange(input, {});
}

/// Answers with what came: "METHOD target body".
inline void echo(HttpExchangePtr exchange) {
  const auto& request = exchange->request();
  exchange->respond({200, {}, request.method + " " + request.target + " " + request.body});
}

inline std::string without_dates(std::string text) {
  for (auto date = text.find("Date: "); date != std::string::npos; date = text.find("Date: ")) {
    text.erase(date, text.find("\r\n", date) + 2 - date);
  }
  return text;
}

}  // namespace fescue
