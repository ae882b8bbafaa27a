// Starting, watching and stopping a child, and what is said of it.
#include "cli/supervised_child.h"

#include <fmt/format.h>

#include "base/backoff.h"
#include "base/log.h"
#include "cli/down_note.h"
#include "model/json_reader.h"

namespace fescue::cli {

namespace {

using namespace asio::experimental::awaitable_operators;
using std::chrono::seconds;

constexpr seconds kReadyTimeout{60};
constexpr seconds kStopTimeout{20};
constexpr seconds kLongLife{60};
constexpr seconds kLongestPause{30};
constexpr seconds kShortPause{4};  // which clients wait out

/// Its line is its facts, or {"error": why it cannot start}.
Result<std::string> facts_in(std::string line) {
  FESCUE_TRY(document, parse_json(line));
  const auto error = JsonReader(document, "").find("error");
  if (!error) return line;
  FESCUE_TRY(why, error->as_string());
  return Error(Code::unavailable, std::move(why));
}

/// What `fescue logs` calls it.
std::string_view log_name_of(std::string_view verb) { return verb == "core" ? "system" : verb; }

}  // namespace

seconds RestartPause::next(SteadyTime started, SteadyTime now) {
  if (now - started > kLongLife) early_ends_ = 0;
  return ++early_ends_ == 1 ? seconds(0) : backoff_pause(early_ends_ - 1, seconds(1), kLongestPause);
}

Task<Result<std::string>> SupervisedChild::start() {
  started_ = steady_now();
  stand_in_.end();  // first: what comes from now on waits for the child
  auto facts = co_await launch();
  if (facts) {
    told_.clear();
    note_running(root_, arguments_.front());
  } else if (facts.error().code() != Code::cancelled) {
    co_await stop();
    be_down(facts.error().message());
  }
  co_return facts;
}

Task<Result<std::string>> SupervisedChild::launch() {
  FESCUE_CO_TRY(process, ChildProcess::start(loop_.io(), arguments_, listeners_));
  process_ = std::make_unique<ChildProcess>(std::move(process));
  co_return co_await wait_until_ready();
}

void SupervisedChild::be_down(const std::string& why) {
  note_down(root_, arguments_.front(), why);
  stand_in_.begin(listeners_, fmt::format("`fescue {}` does not run: {}; `fescue logs {}` may say more",
                                          arguments_.front(), why, log_name_of(arguments_.front())));
}

Task<Result<std::string>> SupervisedChild::wait_until_ready() {
  auto line = co_await (process_->ready_line(kReadyTimeout) || loop_.stop_requested());
  if (line.index() == 1) co_return Error(Code::cancelled, "stopped while starting");
  Result<std::string>& said = std::get<0>(line);
  auto facts = said ? facts_in(std::move(*said)) : std::move(said);
  if (!facts) co_return facts.error().in("fescue " + arguments_.front());
  co_return facts;
}

void SupervisedChild::tell(const Error& error) {
  if (error.message() == told_) return;
  told_ = error.message();
  log::error("A process cannot start; it is tried again.", {{"process", arguments_.front()}, {"error", told_}});
}

Task<void> SupervisedChild::keep_alive() {
  for (;;) {
    std::optional<int> status;
    if (process_) {
      status = co_await process_->exited();
      if (!status) co_return;
      process_.reset();
    }
    const seconds wait = pause_.next(started_, steady_now());
    if (status) {
      log::error("A process ended; starting it again.",
                 {{"process", arguments_.front()}, {"status", *status}, {"pauseSeconds", wait.count()}});
    }
    if (status && wait > kShortPause) {
      be_down(fmt::format("it ended with status {} and is started again after {} s", *status, wait.count()));
    }
    asio::steady_timer timer(loop_.io(), wait);
    co_await timer.async_wait(use_result);
    const bool was_told = !told_.empty();
    const auto facts = co_await start();
    if (!facts && facts.error().code() == Code::cancelled) co_return;
    if (!facts) tell(facts.error());
    if (facts && was_told) log::info("A process runs at last.", {{"process", arguments_.front()}});
  }
}

Task<void> SupervisedChild::stop() {
  if (!process_) co_return;
  process_->stop();
  asio::steady_timer timer(loop_.io(), kStopTimeout);
  const auto outcome = co_await (process_->exited() || timer.async_wait(use_result));
  if (outcome.index() == 1) {
    log::error("A process did not stop in time; killing it.", {{"pid", process_->pid()}});
    process_->kill();
  }
  process_.reset();
}

}  // namespace fescue::cli
