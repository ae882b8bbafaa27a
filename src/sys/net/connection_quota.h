// ConnectionQuota: no local user and no remote address may hold so many connections to a listener that none are left
// for the others. Each connection has a place, freed with the last copy of its Peer. Root and this process's own
// user are not limited (they could stop it anyway), nor is a peer of which nothing is known.
//
// One thread. Places may outlive the quota.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "sys/net/stream.h"

namespace fescue {

/// At most so many of one origin (origin.h) at a listener, and no more than a sixteenth of the descriptors that this
/// process may have.
inline constexpr std::size_t kMaxConnectionsOfOrigin = 1024;

class ConnectionQuota {
 public:
  explicit ConnectionQuota(std::size_t limit);
  /// As above, of this process.
  ConnectionQuota();

  enum class Verdict { unlimited, placed, refused };
  struct Decision {
    Verdict verdict = Verdict::unlimited;
    std::shared_ptr<const void> place;
  };
  Decision admit(const Peer& peer);

  std::size_t limit() const { return limit_; }

 private:
  using Taken = std::unordered_map<std::string, std::size_t>;

  std::size_t limit_;
  std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

}  // namespace fescue
