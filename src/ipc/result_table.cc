// Entries by invocation, bounded, and the meeting of a result with its waiter.
#include "ipc/result_table.h"

#include <utility>
#include <vector>

namespace fescue {

ResultTable::ResultTable(Limits limits)
    : limits_(limits),
      entries_bound_({.open = limits.entries, .reserve = limits.entries, .share = limits.entries / 16}),
      bytes_bound_(
          {.open = limits.result_bytes, .reserve = limits.result_bytes / 2, .share = limits.result_bytes / 8}) {}

Result<void> ResultTable::expect(const InvocationId& id, const WorkerId& owner, const FunctionArn& function,
                                 SteadyTime now) {
  if (!entries_bound_.admits(function)) {
    return Error(Code::resource_exhausted, "too many calls wait for their result to be fetched");
  }
  const bool fresh = entries_.try_emplace(id, Entry{owner, function, now + limits_.until_result}).second;
  FESCUE_ASSERT(fresh);
  entries_bound_.take(function);
  return ok();
}

void ResultTable::forget(const InvocationId& id) {
  if (const auto entry = entries_.find(id); entry != entries_.end()) erase(entry);
}

void ResultTable::complete(const InvocationId& id, InvocationResult result, SteadyTime now) {
  auto entry = entries_.find(id);
  if (entry == entries_.end() || entry->second.result) return;
  if (const Waiter waiter = std::exchange(entry->second.waiter, nullptr)) {
    if (waiter(result)) return forget(id);
    entry = entries_.find(id);
    if (entry == entries_.end()) return;
  }
  if (!bytes_bound_.admits(entry->second.function, result.payload.size())) {
    ++discarded_;
    result = failed_result(FunctionError::unhandled, "the result was discarded: too many results wait to be fetched");
  }
  bytes_bound_.take(entry->second.function, result.payload.size());
  entry->second.result = std::move(result);
  entry->second.deadline = now + limits_.until_fetched;
}

Result<void> ResultTable::fetch(const InvocationId& id, const WorkerId& owner, Waiter waiter) {
  const auto entry = entries_.find(id);
  if (entry == entries_.end() || entry->second.owner != owner) {
    return Error(Code::not_found, "no call with this invocation id waits for its result");
  }
  if (entry->second.waiter) return Error(Code::conflict, "another request waits for this result already");
  if (!entry->second.result) {
    entry->second.waiter = std::move(waiter);
    return ok();
  }
  const InvocationResult result = *entry->second.result;
  if (waiter(result)) forget(id);
  return ok();
}

void ResultTable::stop_waiting(const InvocationId& id) {
  if (const auto entry = entries_.find(id); entry != entries_.end()) entry->second.waiter = nullptr;
}

void ResultTable::drop_owner(const WorkerId& owner) {
  std::vector<Waiter> dropped;  // destroyed when the table is whole again: a waiter's end may call back
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.owner != owner) {
      ++entry;
      continue;
    }
    dropped.push_back(std::move(entry->second.waiter));
    entry = erase(entry);
  }
}

void ResultTable::expire(SteadyTime now) {
  std::vector<Waiter> late;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.deadline > now) {
      ++entry;
      continue;
    }
    if (entry->second.result) ++discarded_;
    if (entry->second.waiter) late.push_back(std::move(entry->second.waiter));
    entry = erase(entry);
  }
  for (const Waiter& waiter : late) waiter(failed_result(FunctionError::unhandled, "no result came in time"));
}

ResultTable::Entries::iterator ResultTable::erase(Entries::iterator entry) {
  const Entry& gone = entry->second;
  if (gone.result) bytes_bound_.give_back(gone.function, gone.result->payload.size());
  entries_bound_.give_back(gone.function);
  return entries_.erase(entry);
}

}  // namespace fescue
