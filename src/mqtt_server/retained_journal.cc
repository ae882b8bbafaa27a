// Gathering, numbering, and what a failed batch leaves to the next one.
#include "mqtt_server/retained_journal.h"

#include <utility>

#include "base/assert.h"

namespace fescue {

StoreTicket RetainedJournal::note(std::string_view topic, const RetainedMessage* message) {
  std::optional<RetainedMessage> change;
  if (message) change = *message;
  auto at = gathered_.find(topic);
  if (at == gathered_.end()) {
    at = gathered_.emplace(topic, std::nullopt).first;
  } else {
    gathered_bytes_ -= size_of(topic, at->second);
  }
  gathered_bytes_ += size_of(topic, change);
  at->second = std::move(change);
  return gathering_;
}

std::shared_ptr<const RetainedChanges> RetainedJournal::begin() {
  FESCUE_ASSERT(!empty() && !written_);
  written_ = std::make_shared<const RetainedChanges>(std::exchange(gathered_, {}));
  written_bytes_ = std::exchange(gathered_bytes_, 0);
  ++gathering_;
  return written_;
}

StoreTicket RetainedJournal::end(bool is_stored) {
  FESCUE_ASSERT(written_);
  const auto batch = std::exchange(written_, nullptr);
  written_bytes_ = 0;
  if (!is_stored) {
    for (const auto& [topic, change] : *batch) {
      if (gathered_.try_emplace(topic, change).second) gathered_bytes_ += size_of(topic, change);
    }
  }
  return gathering_ - 1;
}

}  // namespace fescue
