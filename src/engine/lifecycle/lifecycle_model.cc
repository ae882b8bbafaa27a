// Questions about one function's workers, the deadlines of a worker, and how long the pauses between restarts are.
#include "engine/lifecycle/lifecycle_model.h"

#include <algorithm>

#include "base/backoff.h"

namespace fescue::lifecycle {

bool Function::has_ready_worker() const {
  return std::ranges::any_of(members, [](const Worker* worker) {
    return worker->phase == Phase::ready || worker->phase == Phase::working ||
           (worker->phase == Phase::starting && worker->is_busy);
  });
}

std::size_t Function::alive() const {
  return static_cast<std::size_t>(std::ranges::count_if(members, &Worker::is_alive));
}

std::size_t Function::starting() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(members, [](const Worker* worker) { return !worker->was_ready && !worker->retired; }));
}

std::size_t Function::about_to_ask(SteadyTime now, Duration grace) const {
  return static_cast<std::size_t>(std::ranges::count_if(members, [&](const Worker* worker) {
    return worker->phase == Phase::ready && !worker->asking && now < worker->since + grace;
  }));
}

void Function::put_back(Work work) {
  const auto place = std::ranges::upper_bound(queue, work.number, {}, &Work::number);
  queue.insert(place, std::move(work));
}

bool is_worse_off(const Function& wanting, const Function& owner) {
  if (wanting.alive() + 2 <= owner.alive()) return true;  // after the exchange it still has no more than the owner
  return wanting.members.empty() && wanting.queue.front().number < owner.queue.front().number;
}

Duration init_time_of(const FunctionConfig& function, const LifecycleLimits& limits) {
  return function.init_timeout ? Duration(*function.init_timeout) : limits.init_time;
}

std::optional<SteadyTime> deadline_of(const Worker& worker, const LifecycleLimits& limits) {
  const Function& function = *worker.function;
  switch (worker.phase) {
    case Phase::starting:
      if (!worker.is_busy) return worker.since + init_time_of(*function.config, limits);
      if (function.queue.empty()) return std::nullopt;
      return std::max(worker.since, function.queue.front().accepted) + limits.silence;
    case Phase::working:
      return worker.since + function.config->timeout;
    case Phase::terminating:
      return worker.since + limits.stop_grace;
    case Phase::killed:
      return std::nullopt;
    case Phase::ready:
      break;
  }
  if (!worker.asking && !function.queue.empty()) {
    return std::max(worker.since, function.queue.front().accepted) + limits.silence;
  }
  if (function.pinned()) return std::nullopt;
  return worker.since + limits.idle_time;
}

Duration restart_pause(unsigned failures, double jitter, const LifecycleLimits& limits) {
  if (failures <= 1) return Duration::zero();
  const Duration full = backoff_pause<Duration>(failures - 1, limits.first_pause, limits.longest_pause);
  return std::chrono::duration_cast<Duration>(full * (1.0 - jitter / 2));
}

}  // namespace fescue::lifecycle
