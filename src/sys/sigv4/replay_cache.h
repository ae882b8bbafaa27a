// ReplayCache: a signature is good once. SigV4 says when a request was signed, not whether it came before; so whoever
// has seen a request could send it again until it expires.
//
// The same signature comes twice from honest clients, too: they sign with a resolution of a second, and send again what
// they are not sure has arrived. So the sender that used it first (a uid of this machine, or an address) may repeat it
// for kResendWindow. Later, or from another sender, it is a replay.
//
// Bounded: beyond kMaxEntries the oldest are forgotten. Forgotten with the process as well. Pure; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace fescue {

class ReplayCache {
 public:
  static constexpr std::chrono::seconds kResendWindow{2};
  /// A signature is refused by its date afterwards: five minutes, on both sides of the time here.
  static constexpr std::chrono::seconds kLifetime{601};
  static constexpr std::size_t kMaxEntries = 65'536;

  /// Whether a request whose signature was found good may be served. `signature` as in its Authorization header.
  bool admit(std::string_view signature, std::string_view sender, SteadyTime now);

  std::size_t size() const { return uses_.size(); }
  std::uint64_t refused() const { return refused_; }

 private:
  struct Use {
    std::string sender;
    SteadyTime first;
  };
  void forget_old(SteadyTime now);

  std::unordered_map<std::string, Use> uses_;                // by signature
  std::deque<std::pair<SteadyTime, std::string>> in_order_;  // the same, oldest first
  std::uint64_t refused_ = 0;
};

}  // namespace fescue
