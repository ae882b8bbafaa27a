// Counting places by uid, and the descriptor limit that the shares are taken from.
#include "sys/net/connection_quota.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "sys/net/origin.h"

namespace fescue {

namespace {

std::size_t limit_here() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return kMaxConnectionsOfOrigin;
  return std::clamp<std::size_t>(files.rlim_cur / 16, 1, kMaxConnectionsOfOrigin);
}

}  // namespace

ConnectionQuota::ConnectionQuota(std::size_t limit) : limit_(limit) {}
ConnectionQuota::ConnectionQuota() : ConnectionQuota(limit_here()) {}

ConnectionQuota::Decision ConnectionQuota::admit(const Peer& peer) {
  if (peer.uid && (*peer.uid == 0 || *peer.uid == ::geteuid())) return {};
  std::string origin = origin_of(peer);
  if (origin.empty()) return {};
  std::size_t& count = (*taken_)[origin];
  if (count >= limit_) return {Verdict::refused, nullptr};
  ++count;
  const auto free_place = [taken = taken_, origin = std::move(origin)](const void*) {
    if (--taken->at(origin) == 0) taken->erase(origin);
  };
  return {Verdict::placed, std::shared_ptr<const void>(taken_.get(), free_place)};
}

}  // namespace fescue
