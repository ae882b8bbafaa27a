// Where a connection comes from, for bounds that are shared fairly: the local user who owns the peer's socket, else the
// peer's address, of which whoever has one IPv6 address usually has a whole /64.
#pragma once

#include <string>

#include "sys/net/stream.h"

namespace fescue {

/// "uid 1000", "192.0.2.7", "2001:db8:0:1::/64"; empty when nothing is known.
std::string origin_of(const Peer& peer);

}  // namespace fescue
