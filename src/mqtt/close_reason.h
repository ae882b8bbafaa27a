// Why a connection ended, for counters, logs and the decision to publish a will. The first cause counts.
#pragma once

#include <string>
#include <string_view>

namespace fescue::mqtt {

enum class CloseCause {
  disconnected,    // DISCONNECT was said, by the client or by our side of a client connection; no will
  peer_closed,     // end of file without DISCONNECT
  protocol_error,  // malformed or out of order
  refused,         // not allowed: a CONNECT, or a PUBLISH
  timed_out,       // keep-alive, CONNECT, an unanswered request, or a peer that stopped reading
  taken_over,      // the same client id connected again
  slow_reader,     // messages that must not be left out would have exceeded a bound
  stopping,        // our side is ending it
  io,              // the socket failed
};
std::string_view name_of(CloseCause cause);  // "protocol error"

struct CloseReason {
  CloseCause cause = CloseCause::stopping;
  std::string text;  // a sentence for a person

  friend bool operator==(const CloseReason&, const CloseReason&) = default;
};

}  // namespace fescue::mqtt
