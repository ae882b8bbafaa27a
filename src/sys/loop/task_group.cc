// How a task is spawned, watched and counted, and what stop() does to those that wait.
#include "sys/loop/task_group.h"

#include <cstdlib>
#include <list>
#include <vector>

#include "base/log.h"
#include "sys/loop/event.h"

namespace fescue {

struct TaskGroup::State {
  explicit State(asio::io_context& io) : emptied(io) {}

  std::list<std::shared_ptr<asio::cancellation_signal>> tasks;
  Event emptied;  // woken when the last task ends
  bool stopped = false;
};

namespace {

bool is_cancellation(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of no standard type";
  }
}

/// The task, and its end. Asio's own entry point waits once more after a task that never waited, which would throw past
/// everybody if the task was cancelled meanwhile: hence the last line.
Task<void> watch(std::string name, Task<void> task) {
  std::exception_ptr failure;
  try {
    co_await std::move(task);
  } catch (...) {
    failure = std::current_exception();
  }
  const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
  if (failure && (cancelled == asio::cancellation_type::none || !is_cancellation(failure))) {
    log::fatal("An exception escaped a task.", {{"task", name}, {"exception", text_of(failure)}});
    std::abort();
  }
  co_await asio::this_coro::throw_if_cancelled(false);
}

}  // namespace

TaskGroup::TaskGroup(asio::io_context& io) : io_(io), state_(std::make_shared<State>(io)) {}

TaskGroup::~TaskGroup() { stop(); }

void TaskGroup::spawn(std::string name, Task<void> task) {
  if (state_->stopped) return;
  auto signal = std::make_shared<asio::cancellation_signal>();
  const auto place = state_->tasks.insert(state_->tasks.end(), signal);
  auto ended = [state = state_, place](const std::exception_ptr&) {
    const auto keep_until_return = *place;
    state->tasks.erase(place);
    if (state->tasks.empty()) state->emptied.wake();
  };
  asio::co_spawn(io_, watch(std::move(name), std::move(task)),
                 asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
}

void TaskGroup::stop() {
  state_->stopped = true;
  // A cancelled task may end at once and take its signal with it: walk over a copy. Dispatched, so that a task which
  // was spawned before the loop ran has begun when its cancellation comes.
  for (const auto& signal : std::vector(state_->tasks.begin(), state_->tasks.end())) {
    asio::dispatch(io_, [signal] { signal->emit(asio::cancellation_type::terminal); });
  }
}

bool TaskGroup::stopped() const { return state_->stopped; }

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

Task<void> TaskGroup::join() {
  const auto state = state_;
  while (!state->tasks.empty()) co_await state->emptied.wait();
}

}  // namespace fescue
