// Who listens on a TCP port that we wanted. For an error message only: walks /proc, so it takes milliseconds.
#pragma once

#include <cstdint>
#include <string>

namespace fescue {

/// Of those that have it on both, the one on `stack` is told. "held by mosquitto (pid 812)", "held by a process of uid
/// 1000", or empty when it cannot be seen.
enum class Stack { ipv4, ipv6 };
std::string describe_port_holder(std::uint16_t port, Stack stack = Stack::ipv4);

}  // namespace fescue
