// A conversation on a loop of its own: connect, do one thing, report the outcome.
#include "cli/mqtt_talk.h"

#include <csignal>

#include <fmt/format.h>

#include "base/random.h"
#include "mqtt_io/client_connection.h"
#include "sys/net/connect.h"
#include "sys/tls/tls.h"

namespace fescue::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTimeout{10};
constexpr mqtt::Token kToken = 1;

/// A connection and what is to be done on it; ends once, with an outcome.
class Talk : public mqtt::ClientHandler {
 public:
  Talk(asio::io_context& io, HostPort endpoint) : io_(io), endpoint_(std::move(endpoint)), tasks_(io), ended_(io) {}

  /// Connects and completes when it is over.
  Task<Result<void>> run(std::optional<milliseconds> timeout) {
    FESCUE_CO_TRY(stream, co_await connect_tcp(endpoint_.host, endpoint_.port, kTimeout));
    mqtt::ClientConnectionOptions options;
    options.session.client_id = "fescue-cli-" + random_alphanumeric(12);
    options.session.keep_alive = seconds(60);
    connection_ = mqtt::ClientConnection::start(tasks_, mqtt::Outbox::make(io_), std::move(stream), *this, options);
    ended_.expires_at(timeout ? steady_now() + *timeout : SteadyTime::max());
    if (connection_) co_await ended_.async_wait(use_result);
    if (connection_) {
      connection_->detach();
      connection_->close(mqtt::CloseCause::stopping, "timed out");
      co_return outcome_.value_or(Error(Code::timeout, fmt::format("{} did not answer in time", endpoint_.str())));
    }
    co_return outcome_.value_or(lost());
  }

 protected:
  /// Says goodbye; what happens afterwards does not count.
  void end(Result<void> outcome) {
    if (outcome_) return;
    outcome_ = std::move(outcome);
    connection_->disconnect();
  }
  bool is_over() const { return outcome_.has_value(); }
  bool connected() const { return connection_ != nullptr; }
  mqtt::ClientConnection& connection() { return *connection_; }
  asio::io_context& io() { return io_; }
  /// What a server that ends the connection without a word may have meant by it.
  virtual std::string_view likely_cause() const { return "it is for root and whoever started `fescue up`"; }

 private:
  void on_message(const mqtt::Publish&) override {}
  void on_published(mqtt::Token) override {}
  void on_subscribed(mqtt::Token, std::span<const mqtt::SubscribeCode>) override {}
  void on_unsubscribed(mqtt::Token) override {}
  void on_closed(const mqtt::CloseReason& reason) override {
    closed_because_ = reason.text.empty() ? std::string(name_of(reason.cause)) : reason.text;
    connection_.reset();
    ended_.cancel();
  }

  Error lost() const {
    return Error(Code::unavailable,
                 fmt::format("{} ended the connection: {} ({})", endpoint_.str(), closed_because_, likely_cause()));
  }

  asio::io_context& io_;
  HostPort endpoint_;
  TaskGroup tasks_;
  asio::steady_timer ended_;
  std::shared_ptr<mqtt::ClientConnection> connection_;
  std::optional<Result<void>> outcome_;
  std::string closed_because_;
};

class Publishing final : public Talk {
 public:
  Publishing(asio::io_context& io, HostPort endpoint, const Topic& topic, const std::string& payload, mqtt::QoS qos)
      : Talk(io, std::move(endpoint)), topic_(topic), payload_(payload), qos_(qos) {}

 private:
  void on_connected(const mqtt::Connected&) override {
    sent_ = true;
    auto sent = connection().publish(topic_.view(), payload_, qos_, kToken);
    if (!sent || qos_ == mqtt::QoS::at_most_once) end(std::move(sent));
  }
  void on_published(mqtt::Token) override { end(ok()); }
  std::string_view likely_cause() const override {
    return sent_ ? "messages on this topic are not allowed to us" : Talk::likely_cause();
  }

  const Topic& topic_;
  const std::string& payload_;
  mqtt::QoS qos_;
  bool sent_ = false;
};

class Receiving final : public Talk {
 public:
  Receiving(asio::io_context& io, HostPort endpoint, Reception& reception)
      : Talk(io, std::move(endpoint)), reception_(reception), signals_(io, SIGINT, SIGTERM), until_(io) {
    signals_.async_wait([this](error_code failure, int) {
      if (!failure) interrupted();
    });
    if (!reception.until) return;
    until_.assign(reception.until.release());
    until_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code failure) {
      if (!failure) interrupted();
    });
  }

 private:
  void on_connected(const mqtt::Connected&) override {
    const mqtt::RequestedFilter wanted{reception_.filter.view(), reception_.qos};
    if (auto sent = connection().subscribe({&wanted, 1}, kToken); !sent) end(std::move(sent));
  }
  void on_subscribed(mqtt::Token, std::span<const mqtt::SubscribeCode> codes) override {
    if (!codes.empty() && codes.front() != mqtt::SubscribeCode::refused) return reception_.on_subscribed();
    end(Error(Code::permission_denied, fmt::format("the filter {} is not allowed", reception_.filter.str())));
  }
  void on_message(const mqtt::Publish& message) override {
    if (is_over()) return;
    if (reception_.on_message(message.topic, message.payload) == Wants::no_more) end(ok());
  }
  void interrupted() { connected() ? end(ok()) : io().stop(); }

  const Reception& reception_;
  asio::signal_set signals_;
  asio::posix::stream_descriptor until_;
};

Result<void> run(asio::io_context& io, Talk& talk, std::optional<milliseconds> timeout) {
  std::optional<Result<void>> outcome;
  asio::co_spawn(io, talk.run(timeout), [&](std::exception_ptr, Result<void> result) {
    outcome = std::move(result);
    io.stop();
  });
  io.run();
  return outcome.value_or(ok());  // interrupted before there was a connection
}

}  // namespace

Result<void> publish_message(const HostPort& endpoint, const Topic& topic, const std::string& payload, mqtt::QoS qos) {
  asio::io_context io(1);
  Publishing talk(io, endpoint, topic, payload, qos);
  return run(io, talk, kTimeout);
}

Result<void> receive_messages(const HostPort& endpoint, Reception reception) {
  asio::io_context io(1);
  Receiving talk(io, endpoint, reception);
  auto outcome = run(io, talk, reception.timeout);
  const bool timed_out = !outcome && outcome.error().code() == Code::timeout && reception.timeout;
  if (!timed_out) return outcome;
  return Error(Code::timeout, fmt::format("waited {} s in vain for more messages", reception.timeout->count()));
}

}  // namespace fescue::cli
