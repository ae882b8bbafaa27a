// Retained messages between clients and store: who waits for it, and what the end of a batch tells them.
#include <fmt/format.h>

#include "mqtt_server/exchange.h"

namespace fescue::mqtt_server {

void Exchange::keep_retained(RetainedMessages::ByTopic messages, BlockingPool& pool, WriteRetained write) {
  retained_writer_ = std::make_unique<RetainedWriter>(
      io_, pool, limits_.max_retained_waiting, std::move(write),
      [this](StoreTicket batch, const Result<void>& stored) { batch_ended(batch, stored); });
  retained_.restore(std::move(messages), [this](std::string_view topic, const RetainedMessage* message) {
    return retained_writer_->note(topic, message);
  });
}

bool Exchange::has_room_to_retain(Client& client, std::size_t topic_and_payload_bytes) {
  if (!retained_writer_ || retained_writer_->has_room(topic_and_payload_bytes)) return true;
  ++counters_.retained_postponed;
  postponed_.push_back(&client);
  return false;
}

StoreTicket Exchange::retain(const Client& client, const Topic& topic, std::string_view payload, mqtt::QoS qos) {
  const auto ticket = retained_.set(topic, payload, qos, wall_now(), client.publisher());
  if (ticket) return *ticket;
  ++counters_.retained_refused;
  log_refused_request(client, fmt::format("RETAIN {}", topic.view()), ticket.error().message());
  return 0;
}

Task<Result<void>> Exchange::retain(Topic topic, std::string payload, mqtt::QoS qos, WallTime now) {
  if (retained_writer_ && !retained_writer_->has_room(topic.view().size() + payload.size())) {
    co_return Error(Code::resource_exhausted, fmt::format("{} bytes of retained messages wait to be stored; try again",
                                                          retained_writer_->waiting_bytes()));
  }
  FESCUE_CO_TRY(ticket, retained_.set(topic, payload, qos, now));
  if (ticket == 0) co_return ok();
  Arrival<Result<void>> stored(io_);
  told_when_stored_.emplace_back(ticket, stored.callback());
  const auto result = co_await stored.wait();
  co_return result ? *result : Result<void>(Error(Code::unavailable, "the service is stopping"));
}

void Exchange::batch_ended(StoreTicket batch, const Result<void>& stored) {
  const auto problem = [&] { return "a retained message cannot be stored: " + stored.error().message(); };
  std::erase_if(awaiting_store_, [&](Client* client) {
    mqtt::ServerConnection& connection = client->connection();
    if (stored) {
      connection.release(batch);
    } else if (connection.holds(batch)) {
      connection.close(mqtt::CloseCause::refused, problem());
    }
    return !connection.holds_any();
  });
  for (Client* client : std::exchange(postponed_, {})) {
    if (stored) {
      client->connection().resume();
    } else {
      client->connection().close(mqtt::CloseCause::refused, problem());
    }
  }
  std::erase_if(told_when_stored_, [&](const auto& waiting) {
    if (waiting.first > batch) return false;
    waiting.second(stored);
    return true;
  });
}

}  // namespace fescue::mqtt_server
