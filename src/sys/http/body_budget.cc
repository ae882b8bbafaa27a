// Two sums, of each origin and of all, and the search for who is late when there is no room.
#include "sys/http/body_budget.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

namespace fescue {

struct BodyBudget::Entry {
  std::string origin;
  std::size_t held = 0;
  SteadyTime late_from;
  std::function<void()> give_way;
};

struct BodyBudget::Books {
  explicit Books(Limits of) : limits(of) {}

  std::size_t of_origin(const std::string& origin) const {
    const auto found = sums.find(origin);
    return found == sums.end() ? 0 : found->second;
  }
  bool origin_has_room(const Entry& entry, std::size_t more) const {
    return more <= limits.of_origin - of_origin(entry.origin);
  }
  bool all_have_room(const Entry& entry, std::size_t more) const {
    const bool is_small = of_origin(entry.origin) + more <= limits.of_origin / 8;
    return in_all + more <= limits.in_all + (is_small ? limits.reserve : 0);
  }
  void give(Entry& entry, std::size_t more) {
    sums[entry.origin] += more;
    in_all += more;
    entry.held += more;
    holders.insert(&entry);
  }
  void take_back(Entry& entry) {
    const std::size_t held = std::exchange(entry.held, 0);
    if (held == 0) return;
    holders.erase(&entry);
    in_all -= held;
    const auto sum = sums.find(entry.origin);
    sum->second -= held;
    if (sum->second == 0) sums.erase(sum);
  }
  bool make_room(const Entry& asks, bool within_origin, SteadyTime now);

  Limits limits;
  std::map<std::string, std::size_t> sums;
  std::unordered_set<Entry*> holders;
  std::size_t in_all = 0;
  std::uint64_t refused = 0, gave_way = 0;
};

/// False: nobody is late.
bool BodyBudget::Books::make_room(const Entry& asks, bool within_origin, SteadyTime now) {
  Entry* latest = nullptr;
  for (Entry* each : holders) {
    const bool may = each != &asks && each->give_way && each->late_from < now;
    if (!may || (within_origin && each->origin != asks.origin)) continue;
    if (latest == nullptr || each->late_from < latest->late_from) latest = each;
  }
  if (latest == nullptr) return false;
  take_back(*latest);
  ++gave_way;
  const auto give_way = std::exchange(latest->give_way, nullptr);
  give_way();
  return true;
}

BodyBudget::BodyBudget(Limits limits) : books_(std::make_shared<Books>(limits)) {}

BodyBudget::Share BodyBudget::open(std::string origin, SteadyTime now) const {
  Share share;
  share.books_ = books_;
  share.entry_ = std::make_shared<Entry>(Entry{std::move(origin), 0, now + books_->limits.respite, {}});
  return share;
}

std::size_t BodyBudget::held() const { return books_->in_all; }
std::uint64_t BodyBudget::refused() const { return books_->refused; }
std::uint64_t BodyBudget::gave_way() const { return books_->gave_way; }

std::size_t BodyBudget::Share::held() const { return entry_ ? entry_->held : 0; }

void BodyBudget::Share::may_give_way(std::function<void()> give_way) {
  if (entry_) entry_->give_way = std::move(give_way);
}

void BodyBudget::Share::progressed(std::size_t bytes, SteadyTime now) {
  if (!entry_) return;
  const auto earned = std::chrono::microseconds(bytes * 1'000'000 / kSlowestRate);
  entry_->late_from = std::min<SteadyTime>(entry_->late_from + earned, now + books_->limits.respite);
}

bool BodyBudget::Share::grow_to(std::size_t bytes, SteadyTime now) {
  if (!entry_ || bytes <= entry_->held) return true;
  const std::size_t more = bytes - entry_->held;
  const auto fits = [&] {
    while (!books_->origin_has_room(*entry_, more)) {
      if (!books_->make_room(*entry_, true, now)) return false;
    }
    while (!books_->all_have_room(*entry_, more)) {
      if (!books_->make_room(*entry_, false, now)) return false;
    }
    return true;
  };
  if (!fits()) {
    ++books_->refused;
    return false;
  }
  books_->give(*entry_, more);
  return true;
}

void BodyBudget::Share::release() {
  if (entry_) books_->take_back(*entry_);
  entry_.reset();
  books_.reset();
}

}  // namespace fescue
