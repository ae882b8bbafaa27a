// RetainedJournal: which retained messages the store has not got yet. Pure.
//
// What changes is gathered for the next batch, the last change of each topic alone; one batch at a time is written.
// Batches have numbers, so whoever made a change waits for the end of the batch that it is in. What could not be
// written joins the next batch, unless it has changed since: memory and store become equal again when the store does.
#pragma once

#include <memory>

#include "mqtt_server/retained.h"

namespace fescue {

class RetainedJournal {
 public:
  explicit RetainedJournal(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Whether a change of this size may join the next batch. The first one may always.
  bool has_room(std::size_t topic_and_payload_bytes) const {
    return gathered_.empty() || gathered_bytes_ + topic_and_payload_bytes <= max_bytes_;
  }
  /// Gives the number of the batch that it will be in.
  StoreTicket note(std::string_view topic, const RetainedMessage* message);

  bool empty() const { return gathered_.empty(); }
  /// Takes what is gathered. Preconditions: not empty(), and the last batch has ended.
  std::shared_ptr<const RetainedChanges> begin();
  /// Gives the number of the batch that has ended.
  StoreTicket end(bool is_stored);

  /// Of what is gathered and of what is being written.
  std::size_t waiting_bytes() const { return gathered_bytes_ + written_bytes_; }

 private:
  static std::size_t size_of(std::string_view topic, const std::optional<RetainedMessage>& message) {
    return topic.size() + (message ? message->payload.size() : 0);
  }

  std::size_t max_bytes_;
  StoreTicket gathering_ = 1;
  RetainedChanges gathered_;
  std::shared_ptr<const RetainedChanges> written_;
  std::size_t gathered_bytes_ = 0, written_bytes_ = 0;
};

}  // namespace fescue
