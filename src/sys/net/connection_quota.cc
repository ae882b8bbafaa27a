// Counting places by uid, and the descriptor limit that the shares are taken from.
#include "sys/net/connection_quota.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace fescue {

namespace {

std::size_t limit_here() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return kMaxConnectionsOfUser;
  return std::clamp<std::size_t>(files.rlim_cur / 16, 1, kMaxConnectionsOfUser);
}

}  // namespace

ConnectionQuota::ConnectionQuota(std::size_t limit) : limit_(limit) {}
ConnectionQuota::ConnectionQuota() : ConnectionQuota(limit_here()) {}

ConnectionQuota::Admission ConnectionQuota::admit(std::optional<uid_t> user) {
  if (!user || *user == 0 || *user == ::geteuid()) return {};
  std::size_t& count = (*taken_)[*user];
  if (count >= limit_) return {Verdict::refused, nullptr};
  ++count;
  const auto give_back = [taken = taken_, uid = *user](const void*) {
    if (--taken->at(uid) == 0) taken->erase(uid);
  };
  return {Verdict::placed, std::shared_ptr<const void>(taken_.get(), give_back)};
}

}  // namespace fescue
