// ConnectionQuota: no local user may hold so many connections to a listener that none are left for the others. Each
// connection has a place, given back with the last copy of its Peer. Root and this process's own user are not limited
// (they could stop it anyway), nor are peers of unknown users: other machines.
//
// One thread. Places may outlive the quota.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>

namespace fescue {

/// At most so many of a user's at a listener, and no more than a sixteenth of the descriptors that this process may
/// have.
inline constexpr std::size_t kMaxConnectionsOfUser = 1024;

class ConnectionQuota {
 public:
  explicit ConnectionQuota(std::size_t limit);
  /// As above, of this process.
  ConnectionQuota();

  enum class Verdict { unlimited, placed, refused };
  struct Admission {
    Verdict verdict = Verdict::unlimited;
    std::shared_ptr<const void> place;
  };
  Admission admit(std::optional<uid_t> user);

  std::size_t limit() const { return limit_; }

 private:
  using Taken = std::unordered_map<uid_t, std::size_t>;

  std::size_t limit_;
  std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

}  // namespace fescue
