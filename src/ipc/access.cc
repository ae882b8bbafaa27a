// Authenticating by token, uid and socket, and the one way in which refusals are answered, counted and logged.
#include "ipc/access.h"

#include "base/log.h"
#include "base/log_throttle.h"
#include "ipc/answers.h"
#include "ipc/routes.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxLoggedPath = 512;
constexpr std::size_t kMaxOpenBody = 64 * 1024;  // of what needs no token: names of functions
constexpr std::string_view kRefusal = "the Authorization token is missing, unknown or not yours to use here";
constexpr std::string_view kCrowded = "this worker has too many connections open";

/// Why the identity does not fit the connection; empty when it does.
std::string_view mismatch(const WorkerIdentity& identity, const WorkerId* worker_socket, const Peer& peer) {
  if (worker_socket != nullptr) return identity.id == *worker_socket ? "" : "the token is another worker's";
  if (!peer.uid) return "the peer's user cannot be told";
  return *peer.uid == identity.uid ? "" : "the peer runs as another user than the worker";
}

void note_refused_caller(IpcContext& context, const HttpRequest& request, const Peer& peer, std::string_view why) {
  const std::uint64_t count = ++context.counters.refused_tokens;
  if (!is_logged_at(count)) return;  // a broken caller repeats itself; the 1st, 2nd, 4th, 8th ... line is enough
  log::warn("Refused a local call.", {{"reason", why},
                                      {"peer", peer.address},
                                      {"uid", peer.uid ? static_cast<long long>(*peer.uid) : -1},
                                      {"path", request.path().substr(0, kMaxLoggedPath)},
                                      {"refusedSoFar", count}});
}

void note_failed_call(IpcContext& context, const HttpRequest& request, const Peer& peer, unsigned status,
                      std::string_view why) {
  if (const auto left_out = context.call_lines.admit(steady_now())) {
    log::warn("A local call failed.", {{"method", request.method},
                                       {"path", request.path().substr(0, kMaxLoggedPath)},
                                       {"status", status},
                                       {"reason", why},
                                       {"peer", peer.address},
                                       {"notLogged", *left_out}});
  }
}

struct Caller {
  std::optional<WorkerIdentity> identity;
  std::string_view refusal;  // why there is none; empty when there is
  bool is_crowded = false;   // it is who it says it is, and has too many connections
};

Caller find_caller(IpcContext& context, const WorkerId* worker_socket, const HttpRequest& head, const Peer& peer) {
  const std::string_view token = head.headers.get("Authorization");
  if (token.empty()) return {{}, "no token"};
  auto identity = context.ports.workers.authenticate(token);
  if (!identity) return {{}, "no living worker has this token"};
  const std::string_view why = mismatch(*identity, worker_socket, peer);
  if (!why.empty()) return {{}, why};
  if (peer.caller_place && !peer.caller_place->belongs_to(identity->id.str())) return {{}, kCrowded, true};
  return {std::move(identity), ""};
}

HttpResponse refusal_of(IpcContext& context, const HttpRequest& request, const Peer& peer, const Caller& caller) {
  if (!caller.is_crowded) {
    note_refused_caller(context, request, peer, caller.refusal);
    return text_answer(403, kRefusal);
  }
  note_failed_call(context, request, peer, 503, kCrowded);
  return text_answer(503, kCrowded);
}

bool needs_token(const IpcCall& call) {
  return !std::holds_alternative<Refused>(call) && !std::holds_alternative<AllWorkersCall>(call) &&
         !std::holds_alternative<SomeWorkersCall>(call);
}

}  // namespace

HeadVerdict judge_head(IpcContext& context, const WorkerId* worker_socket, const HttpRequest& head, const Peer& peer) {
  if (!needs_token(route_ipc(head))) return {kMaxOpenBody, {}};
  const Caller caller = find_caller(context, worker_socket, head, peer);
  if (caller.identity) return {kMaxInvocationPayload, {}};
  return {0, refusal_of(context, head, peer, caller)};
}

void refuse_caller(IpcContext& context, HttpExchange& exchange, std::string_view why) {
  note_refused_caller(context, exchange.request(), exchange.peer(), why);
  answer_text(exchange, 403, kRefusal);
}

void note_refused_call(IpcContext& context, const HttpExchange& exchange, unsigned status, std::string_view why) {
  ++context.counters.refused_calls;
  note_failed_call(context, exchange.request(), exchange.peer(), status, why);
}

void refuse_call(IpcContext& context, HttpExchange& exchange, unsigned status, std::string_view why) {
  note_refused_call(context, exchange, status, why);
  answer_text(exchange, status, why);
}

void refuse_call(IpcContext& context, HttpExchange& exchange, const Error& error) {
  refuse_call(context, exchange, http_status(error.code()), error.message());
}

std::optional<WorkerIdentity> identify(IpcContext& context, const WorkerId* worker_socket, HttpExchange& exchange) {
  Caller caller = find_caller(context, worker_socket, exchange.request(), exchange.peer());
  if (caller.identity) return std::move(caller.identity);
  HttpResponse refusal = refusal_of(context, exchange.request(), exchange.peer(), caller);
  if (caller.is_crowded) refusal.headers.add("Connection", "close");
  exchange.respond(std::move(refusal));
  return std::nullopt;
}

}  // namespace fescue
