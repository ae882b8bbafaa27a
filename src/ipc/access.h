// Who is calling. A token counts only together with what the kernel says of the peer, because functions share the
// host's network: on TCP the peer's uid must be the worker's, on a worker's own socket the token must be that worker's.
#pragma once

#include <cstddef>
#include <optional>

#include "ipc/context.h"
#include "model/limits.h"
#include "sys/http/http_server.h"

namespace fescue {

/// What the bodies of one caller and of all may take while they are read; one has kMaxInvocationPayload at most.
inline constexpr std::size_t kMaxIpcBodiesOfCaller = 8 * kMaxInvocationPayload;
inline constexpr std::size_t kMaxIpcBodiesInAll = 32 * kMaxInvocationPayload;

/// The same of answers that wait to be read.
inline constexpr std::size_t kMaxIpcAnswersOfCaller = 8 * kMaxInvocationPayload;
inline constexpr std::size_t kMaxIpcAnswersInAll = 16 * kMaxInvocationPayload;

/// Before a body has come: who is no worker sends next to nothing. `worker_socket` as below.
HeadVerdict judge_head(IpcContext& context, const WorkerId* worker_socket, const HttpRequest& head, const Peer& peer);

/// The caller, or nothing: then it has been answered 403, counted and logged (without the token). `worker_socket` is
/// the worker whose socket the request came by, null for TCP.
std::optional<WorkerIdentity> identify(IpcContext& context, const WorkerId* worker_socket, HttpExchange& exchange);

/// An authenticated caller that reaches for another's things: the same 403, count and log.
void refuse_caller(IpcContext& context, HttpExchange& exchange, std::string_view why);

/// Answers with the error, counts it and, now and then, logs it: what a function asks for and cannot have.
void refuse_call(IpcContext& context, HttpExchange& exchange, const Error& error);
void refuse_call(IpcContext& context, HttpExchange& exchange, unsigned status, std::string_view why);
/// The same for an answer that says it in its own form.
void note_refused_call(IpcContext& context, const HttpExchange& exchange, unsigned status, std::string_view why);

}  // namespace fescue
