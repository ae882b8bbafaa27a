// The loop that writes batches, and its pause after one that failed.
#include "mqtt_server/retained_writer.h"

#include "base/log.h"

namespace fescue {

namespace {

constexpr auto kPauseAfterFailure = std::chrono::seconds(1);

}  // namespace

RetainedWriter::RetainedWriter(asio::io_context& io, BlockingPool& pool, std::size_t max_bytes, WriteRetained write,
                               Ended ended)
    : pool_(pool),
      journal_(max_bytes),
      write_(std::move(write)),
      ended_(std::move(ended)),
      changed_(io),
      pause_(io),
      tasks_(io) {
  tasks_.spawn("retained messages", write_batches());
}

StoreTicket RetainedWriter::note(std::string_view topic, const RetainedMessage* message) {
  const StoreTicket ticket = journal_.note(topic, message);
  changed_.wake();
  return ticket;
}

Task<void> RetainedWriter::write_batches() {
  for (;;) {
    while (journal_.empty() && !stopping_) co_await changed_.wait();
    if (journal_.empty()) co_return;
    const bool is_stored = co_await write_batch();
    if (is_stored) continue;
    if (stopping_) co_return;
    pause_.expires_after(kPauseAfterFailure);
    co_await pause_.async_wait(use_result);
  }
}

Task<bool> RetainedWriter::write_batch() {
  const auto batch = journal_.begin();
  const std::size_t changes = batch->size();
  auto work = [write = write_, batch] { return write(*batch); };
  const Result<void> stored = co_await pool_.run(std::move(work));
  const StoreTicket ticket = journal_.end(bool(stored));
  if (stored) {
    ++counters_.commits;
    counters_.changes += changes;
  } else {
    ++counters_.failures;
    if (const auto left_out = lines_.admit(steady_now())) {
      log::error("Retained messages could not be stored; they are tried again.",
                 {{"messages", changes}, {"reason", stored.error().message()}, {"notLogged", *left_out}});
    }
  }
  ended_(ticket, stored);
  co_return bool(stored);
}

Task<void> RetainedWriter::stop() {
  stopping_ = true;
  changed_.wake();
  pause_.cancel();
  co_await tasks_.join();
}

}  // namespace fescue
