// Lists of places by origin and by caller, oldest first, and who is closed for whom.
#include "sys/net/caller_quota.h"

#include <sys/resource.h>

#include <algorithm>

namespace fescue {

namespace {

constexpr std::size_t kMaxConnections = 4096;

using List = std::list<CallerQuota::Place*>;

}  // namespace

struct CallerQuota::State {
  struct Side {
    std::unordered_map<std::string, List> lists;  // none is empty
    std::size_t count = 0;

    void add(const std::string& key, Place& place) {
      List& list = lists[key];
      place.at_ = list.insert(list.end(), &place);
      place.key_ = key;
      ++count;
    }
    void remove(const Place& place) {
      const auto found = lists.find(place.key_);
      found->second.erase(place.at_);
      if (found->second.empty()) lists.erase(found);
      --count;
    }
    std::size_t count_of(const std::string& key) const {
      const auto found = lists.find(key);
      return found == lists.end() ? 0 : found->second.size();
    }
    Place& oldest_of_most() const {
      const auto most = std::ranges::max_element(lists, {}, [](const auto& entry) { return entry.second.size(); });
      return *most->second.front();
    }
  };

  Side& side_of(const Place& place) { return place.is_known_ ? known : newcomers; }
  void close(Place& place) {
    side_of(place).remove(place);
    place.is_out_ = true;
    if (place.close_) place.close_();
  }

  Limits limits;
  Side newcomers, known;
  std::uint64_t gave_way = 0, refused = 0;
};

CallerQuota::Limits CallerQuota::limits_here() {
  rlimit files{};
  const bool is_known = ::getrlimit(RLIMIT_NOFILE, &files) == 0;
  const std::size_t all = is_known ? std::min<std::size_t>(files.rlim_cur / 2, kMaxConnections) : kMaxConnections;
  return {.of_origin = std::max<std::size_t>(all / 16, 1),
          .of_caller = std::max<std::size_t>(all / 64, 8),
          .in_all = std::max<std::size_t>(all, 1)};
}

CallerQuota::CallerQuota(Limits limits) : state_(std::make_shared<State>()) { state_->limits = limits; }

CallerQuota::Place::~Place() {
  if (!is_out_) state_->side_of(*this).remove(*this);
}

bool CallerQuota::Place::belongs_to(const std::string& caller) {
  if (is_known_ || is_out_) return is_known_;
  if (state_->known.count_of(caller) >= state_->limits.of_caller) {
    ++state_->refused;
    return false;
  }
  state_->newcomers.remove(*this);
  is_known_ = true;
  state_->known.add(caller, *this);
  return true;
}

std::shared_ptr<CallerQuota::Place> CallerQuota::take(const std::string& origin) {
  State& state = *state_;
  const auto own = state.newcomers.lists.find(origin);
  const bool is_full = state.newcomers.count + state.known.count >= state.limits.in_all;
  if (is_full && state.newcomers.count == 0) {
    ++state.refused;
    return nullptr;
  }
  if (own != state.newcomers.lists.end() && own->second.size() >= state.limits.of_origin) {
    ++state.gave_way;
    state.close(*own->second.front());
  } else if (is_full) {
    ++state.gave_way;
    state.close(state.newcomers.oldest_of_most());
  }
  std::shared_ptr<Place> place(new Place(state_));
  state.newcomers.add(origin, *place);
  return place;
}

void CallerQuota::close_all_of(const std::string& caller) {
  for (auto found = state_->known.lists.find(caller); found != state_->known.lists.end();
       found = state_->known.lists.find(caller)) {
    state_->close(*found->second.front());
  }
}

const CallerQuota::Limits& CallerQuota::limits() const { return state_->limits; }
std::size_t CallerQuota::newcomers() const { return state_->newcomers.count; }
std::size_t CallerQuota::known() const { return state_->known.count; }
std::uint64_t CallerQuota::gave_way() const { return state_->gave_way; }
std::uint64_t CallerQuota::refused() const { return state_->refused; }

}  // namespace fescue
