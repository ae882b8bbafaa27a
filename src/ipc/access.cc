// Authenticating by token, uid and socket, and the one way in which refusals are answered, counted and logged.
#include "ipc/access.h"

#include "base/log.h"
#include "base/log_throttle.h"
#include "ipc/answers.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxLoggedPath = 512;

/// Why the identity does not fit the connection; empty when it does.
std::string_view mismatch(const WorkerIdentity& identity, const WorkerId* worker_socket, const Peer& peer) {
  if (worker_socket != nullptr) return identity.id == *worker_socket ? "" : "the token is another worker's";
  if (!peer.uid) return "the peer's user cannot be told";
  return *peer.uid == identity.uid ? "" : "the peer runs as another user than the worker";
}

}  // namespace

void refuse_caller(IpcContext& context, HttpExchange& exchange, std::string_view why) {
  const std::uint64_t count = ++context.counters.refused_tokens;
  if (is_logged_at(count)) {
    log::warn("Refused a local call.",
              {{"reason", why},
               {"peer", exchange.peer().address},
               {"uid", exchange.peer().uid ? static_cast<long long>(*exchange.peer().uid) : -1},
               {"path", exchange.request().path().substr(0, kMaxLoggedPath)},
               {"refusedSoFar", count}});
  }
  answer_text(exchange, 403, "the Authorization token is missing, unknown or not yours to use here");
}

void note_refused_call(IpcContext& context, const HttpExchange& exchange, unsigned status, std::string_view why) {
  ++context.counters.refused_calls;
  if (const auto left_out = context.call_lines.admit(steady_now())) {
    log::warn("A local call failed.", {{"method", exchange.request().method},
                                       {"path", exchange.request().path().substr(0, kMaxLoggedPath)},
                                       {"status", status},
                                       {"reason", why},
                                       {"peer", exchange.peer().address},
                                       {"notLogged", *left_out}});
  }
}

void refuse_call(IpcContext& context, HttpExchange& exchange, unsigned status, std::string_view why) {
  note_refused_call(context, exchange, status, why);
  answer_text(exchange, status, why);
}

void refuse_call(IpcContext& context, HttpExchange& exchange, const Error& error) {
  refuse_call(context, exchange, http_status(error.code()), error.message());
}

std::optional<WorkerIdentity> identify(IpcContext& context, const WorkerId* worker_socket, HttpExchange& exchange) {
  const std::string_view token = exchange.request().headers.get("Authorization");
  std::optional<WorkerIdentity> identity;
  if (!token.empty()) identity = context.ports.workers.authenticate(token);
  const std::string_view why = identity        ? mismatch(*identity, worker_socket, exchange.peer())
                               : token.empty() ? "no token"
                                               : "no living worker has this token";
  if (why.empty()) return identity;
  refuse_caller(context, exchange, why);
  return std::nullopt;
}

}  // namespace fescue
