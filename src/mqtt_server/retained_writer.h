// RetainedWriter: has what changed among the retained messages written, one batch after another, by a thread that is
// not the loop's; while one batch is written the next is gathered, so many changes share one commit.
//
//   const StoreTicket ticket = writer.note(topic, &message);   // on the loop
//   ... ended(ticket or later, ok) ...                          // now it outlives the process
//
// A batch that fails is told as such and tried again, after a pause, with the next. stop() has everything written, or
// tried once.
#pragma once

#include <functional>
#include <memory>

#include "base/log_throttle.h"
#include "mqtt_server/retained_journal.h"
#include "sys/loop/blocking_pool.h"
#include "sys/loop/event.h"
#include "sys/loop/task_group.h"

namespace fescue {

/// All of the changes or none. Called on the pool's thread, one call at a time.
using WriteRetained = std::function<Result<void>(const RetainedChanges& changes)>;

struct RetainedWriterCounters {
  std::uint64_t commits = 0;   // batches written
  std::uint64_t changes = 0;   // in them
  std::uint64_t failures = 0;  // batches not written
};

class RetainedWriter {
 public:
  /// The batches up to that one have ended: those that a caller has not been told of before, with this result.
  using Ended = std::function<void(StoreTicket, const Result<void>&)>;

  /// `pool` must outlive the writer.
  RetainedWriter(asio::io_context& io, BlockingPool& pool, std::size_t max_bytes, WriteRetained write, Ended ended);

  bool has_room(std::size_t bytes) const { return journal_.has_room(bytes); }
  StoreTicket note(std::string_view topic, const RetainedMessage* message);
  std::size_t waiting_bytes() const { return journal_.waiting_bytes(); }
  const RetainedWriterCounters& counters() const { return counters_; }

  Task<void> stop();

 private:
  Task<void> write_batches();
  Task<bool> write_batch();

  BlockingPool& pool_;
  RetainedJournal journal_;
  WriteRetained write_;
  Ended ended_;
  Event changed_;
  asio::steady_timer pause_;
  bool stopping_ = false;
  RetainedWriterCounters counters_;
  LogThrottle lines_;
  TaskGroup tasks_;
};

}  // namespace fescue
