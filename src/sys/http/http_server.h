// HTTP/1.1 server side of one connection after another. A request becomes an HttpExchange: the request, and the right,
// used once, to answer it, now or later (long polls). Requests of a connection are served one at a time, in order.
//
// Bad input (malformed, too large, smuggled lengths, slow) is answered 400, 413, 431 or 408 and the connection closed;
// Options::on_bad_request sees each.
//
// No memory is spent on a body before its head was judged: Options::judge may refuse the request, or lower what its
// body may have; and what is read of bodies counts against Options::body_budget (503 when there is no room) until the
// request is answered or its exchange says that its sender is known. Whoever sends slowly while others have no room is
// answered 408.
//
// What of an answer waits for its reader counts against Options::answer_budget: a large one from the start (503 in its
// place when there is no room), a small one when the socket does not take it (closed when there is none). A reader that
// takes nothing for `body_timeout` is closed, one that is slow while others have no room at once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sys/http/body_budget.h"
#include "sys/http/http.h"
#include "sys/loop/task_group.h"
#include "sys/net/stream.h"

namespace fescue {

class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  virtual const HttpRequest& request() const = 0;
  virtual HttpRequest& request() = 0;
  virtual const Peer& peer() const = 0;

  /// The sender of the body is known by now: it does not count against the listener's budget any longer.
  virtual void release_body_budget() {}

  /// Makes room for an answer whose body has that many bytes. False: there is none, which is counted, and something
  /// small must be answered. respond() does it for those who have not asked, and answers 503.
  virtual bool reserve_answer(std::size_t) { return true; }

  /// Exactly once; later calls are ignored. May be called from inside the handler or later from the loop. If the
  /// exchange is destroyed unanswered the connection is closed.
  virtual void respond(HttpResponse response) = 0;

  /// `handler` is called once if the peer goes away before respond(). Set it at most once, only for long polls.
  virtual void on_abandoned(std::function<void()> handler) = 0;

  /// `handler` is called once if the peer closes, or dies, without having read all of the answer, or if there was no
  /// room for it; the kernel tells on sockets of this machine. Never called when the peer has read it, or for other
  /// ends. Set it before respond().
  virtual void on_unread(std::function<void()> handler) = 0;
};

using HttpExchangePtr = std::shared_ptr<HttpExchange>;
using HttpHandler = std::function<void(HttpExchangePtr)>;

/// What a head says of the body that is still to come.
struct HeadVerdict {
  std::size_t max_body_bytes = 0;
  std::optional<HttpResponse> refusal = std::nullopt;  // sent at once; nothing more is read, the connection is closed
  std::shared_ptr<const void> hold = nullptr;          // kept until the request is answered or given up
};

using HeadJudge = std::function<HeadVerdict(const HttpRequest& head, const Peer& peer)>;

struct HttpServerOptions {
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 8 * 1024 * 1024;
  std::chrono::milliseconds header_timeout{10000};  // from the first byte of a request to the end of its header
  std::chrono::milliseconds body_timeout{60000};
  std::chrono::milliseconds idle_timeout{120000};  // between requests
  std::string server_name;                         // Server header; empty for none
  /// Heads without what a program on the same machine has no use for: Date, and Connection where the client itself said
  /// close. Each costs a client of Python's http.client some 3 us.
  bool terse = false;
  std::function<void(const Peer&, unsigned status, std::string_view why)> on_bad_request;
  /// Asked once for each request whose body did not come with its head. Absent: max_body_bytes for everybody.
  HeadJudge judge;
  /// The form of a refusal by the server itself, once the head is known. Absent: `why` as plain text.
  std::function<HttpResponse(const HttpRequest& head, const Peer& peer, unsigned status, std::string_view why)>
      write_refusal;
  std::optional<BodyBudget> body_budget, answer_budget;
  /// Whose bodies and answers they are in the budgets. Absent: body_origin().
  std::function<std::string(const Peer&)> origin_of;
  /// An answer for which there was no room, or that was given up because its reader was slow and others had none.
  std::function<void(const Peer&, std::string_view why)> on_lost_answer;
};

/// Whose bodies they are, unless Options::origin_of says it: "uid 1000" for users of this machine, else the address.
std::string body_origin(const Peer& peer);

/// Serves one stream until it ends; the tasks belong to `tasks`. `options` and `handler` are shared by all connections.
void serve_http(TaskGroup& tasks, StreamPtr stream, std::shared_ptr<const HttpServerOptions> options,
                std::shared_ptr<const HttpHandler> handler);

}  // namespace fescue
