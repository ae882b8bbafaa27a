// A connection's life: read, hand out an exchange, write its answer, in as few turns and system calls as it can be
// done.
#include "sys/http/http_server.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "sys/http/answer_output.h"
#include "sys/http/http_request_reader.h"
#include "sys/http/http_writer.h"
#include "sys/loop/event.h"
#include "sys/loop/moving_deadline.h"

namespace fescue {
namespace {

using Progress = HttpRequestReader::Progress;

// What is written under one deadline: who takes less in that time is gone.
constexpr std::size_t kWrittenInTime = 256 * 1024;
// What is written at once: how closely the progress of slow readers is seen.
constexpr std::size_t kWritePiece = 64 * 1024;
// How long a refused peer may go on sending. Closing at once would make the kernel throw away our answer.
constexpr auto kLinger = std::chrono::seconds(2);
constexpr std::string_view kNoRoomForAnswer = "too many large answers wait to be read; read those first and try again";

HttpResponse plain_refusal(unsigned status, std::string_view why) {
  HttpResponse response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::string(why) + "\n";
  return response;
}

class ServedConnection;

class ServedExchange final : public HttpExchange {
 public:
  ServedExchange(std::shared_ptr<ServedConnection> connection, RequestHead head, BodyBudget::Share body_share,
                 std::shared_ptr<const void> hold)
      : connection_(std::move(connection)),
        request_(std::move(head.request)),
        body_share_(std::move(body_share)),
        hold_(std::move(hold)),
        minor_version_(head.minor_version),
        keep_alive_(head.keep_alive),
        bodiless_(request_.method == "HEAD") {}
  ~ServedExchange() override;

  const HttpRequest& request() const override { return request_; }
  HttpRequest& request() override { return request_; }
  const Peer& peer() const override;
  void release_body_budget() override { body_share_.release(); }
  bool reserve_answer(std::size_t bytes) override;
  void respond(HttpResponse response) override;
  void on_abandoned(std::function<void()> handler) override;
  void on_unread(std::function<void()> handler) override { on_unread_ = std::move(handler); }

 private:
  friend ServedConnection;

  std::shared_ptr<ServedConnection> connection_;
  HttpRequest request_;
  BodyBudget::Share body_share_, answer_share_;
  std::shared_ptr<const void> hold_;
  std::function<void()> on_abandoned_, on_unread_;
  int minor_version_;
  bool keep_alive_;
  bool bodiless_;
  bool over_ = false;  // answered or abandoned
};

/// One connection: a reader of requests, at most one exchange that waits for its answer, and output that the socket has
/// not taken yet. A request that is complete and answered at once needs no coroutine. Whatever must wait runs in
/// serve(); an answer that is given later is written directly, and wakes serve() only if work remains.
class ServedConnection : public std::enable_shared_from_this<ServedConnection> {
 public:
  enum class Next { read, write, discard, sleep, end };

  ServedConnection(StreamPtr stream, std::shared_ptr<const HttpServerOptions> options,
                   std::shared_ptr<const HttpHandler> handler)
      : stream_(std::move(stream)),
        options_(std::move(options)),
        handler_(std::move(handler)),
        reader_({options_->max_header_bytes, options_->max_body_bytes}) {}

  bool ends_at_once();
  static Task<void> serve(std::shared_ptr<ServedConnection> self);
  const Peer& peer() const { return stream_->peer(); }

  // For exchanges.
  void answer(ServedExchange& exchange, HttpResponse response);
  void drop();
  void wake();
  std::optional<BodyBudget::Share> room_for_answer(std::size_t bytes);

 private:
  enum class Phase { idle, head, body, handling, writing, lingering };

  Next next();
  Next after_reading(Progress progress);
  void handle_request();
  bool may_go_on_reading();
  bool has_room_for_body();
  void give_up_body();
  std::string origin() const { return options_->origin_of ? options_->origin_of(peer()) : body_origin(peer()); }
  void refuse(const BadHttp& bad);
  void send_refusal(HttpResponse response);
  bool abandon();
  void tell_unread();
  void note_read(const error_code& error, std::size_t got);
  Task<void> read_more();
  Task<void> write_out();
  Task<void> discard_input();

  void send(HttpResponse response, std::string_view connection, bool bodiless);
  void send_now();
  void count_waiting();
  void give_up_answer(std::string_view why);
  Task<bool> write_bytes();

  void enter(Phase phase);
  void watch_phase();
  std::chrono::milliseconds timeout() const;
  void expire();
  void end();

  StreamPtr stream_;
  const std::shared_ptr<const HttpServerOptions> options_;
  const std::shared_ptr<const HttpHandler> handler_;
  HttpRequestReader reader_;
  BodyBudget::Share body_share_;      // of the request that is read
  std::shared_ptr<const void> hold_;  // the same
  HttpDate date_;

  ServedExchange* pending_ = nullptr;  // handed out, neither answered nor dropped
  AnswerOutput out_;
  std::function<void()> on_unread_;  // of the last answer, until the peer shows that it read it

  struct Timers {
    Timers(const asio::any_io_executor& executor, std::function<void()> on_expiry)
        : watchdog(executor, std::move(on_expiry)), awake(executor) {}
    MovingDeadline watchdog;  // of the phase
    Event awake;              // woken to end the sleep of serve()
  };
  Phase phase_ = Phase::idle;
  std::optional<Timers> timers_;  // from the first wait on

  bool stepping_ = false;   // within next(): whoever calls wake() is called by it
  bool closing_ = false;    // nothing more is read
  bool lingering_ = false;  // and what comes is thrown away for a while
  bool peer_gone_ = false;
  bool ended_ = false;
};

// --- ServedExchange -------------------------------------------------------------------------------------------------

ServedExchange::~ServedExchange() {
  if (!over_) connection_->drop();
}

const Peer& ServedExchange::peer() const { return connection_->peer(); }

bool ServedExchange::reserve_answer(std::size_t bytes) {
  if (over_ || bytes <= AnswerOutput::kCopiedBody || answer_share_.held() > 0) return true;
  auto share = connection_->room_for_answer(bytes);
  if (share) answer_share_ = std::move(*share);
  return share.has_value();
}

void ServedExchange::respond(HttpResponse response) {
  if (std::exchange(over_, true)) return;
  const auto dropped = std::exchange(on_abandoned_, nullptr);  // it may hold this very exchange
  connection_->answer(*this, std::move(response));
}

void ServedExchange::on_abandoned(std::function<void()> handler) {
  if (over_) return;
  on_abandoned_ = std::move(handler);
  connection_->wake();
}

// --- What happens next ----------------------------------------------------------------------------------------------

/// Does what needs no wait; true if nothing is left.
bool ServedConnection::ends_at_once() {
  const auto space = reader_.space();
  const auto [error, got] = stream_->read_now(asio::buffer(space.data(), space.size()));
  if (error != asio::error::would_block) note_read(error, got);
  if (next() != Next::end) return false;
  end();
  return true;
}

Task<void> ServedConnection::serve(std::shared_ptr<ServedConnection> self) {
  struct End {
    ServedConnection& connection;
    ~End() { connection.end(); }
  } at_end{*self};
  const auto executor = self->stream_->executor();
  self->timers_.emplace(executor, [connection = self.get()] { connection->expire(); });
  self->watch_phase();
  for (;;) {
    switch (self->next()) {
      case Next::read:
        co_await self->read_more();
        break;
      case Next::write:
        co_await self->write_out();
        break;
      case Next::discard:
        co_await self->discard_input();
        co_return;
      case Next::sleep:
        co_await self->timers_->awake.wait();
        break;
      case Next::end:
        co_return;
    }
  }
}

ServedConnection::Next ServedConnection::next() {
  stepping_ = true;
  struct Stepped {
    bool& stepping;
    ~Stepped() { stepping = false; }
  } at_return{stepping_};
  for (;;) {
    if (ended_) return Next::end;
    if (!out_.is_empty()) return Next::write;
    if (closing_) return lingering_ ? Next::discard : Next::end;
    if (pending_) {
      if (peer_gone_) return abandon() ? Next::end : Next::sleep;
      // Reading ahead is how the peer's end is seen; a peer that sends too much ahead is kept waiting.
      return reader_.space().empty() ? Next::sleep : Next::read;
    }
    const auto progress = reader_.advance();
    if (progress == Progress::ready) {
      handle_request();
    } else if (progress == Progress::refused) {
      refuse(reader_.bad());
    } else if (peer_gone_) {
      return Next::end;
    } else if (progress != Progress::body || may_go_on_reading()) {
      return after_reading(progress);
    }
  }
}

ServedConnection::Next ServedConnection::after_reading(Progress progress) {
  enter(progress == Progress::idle ? Phase::idle : progress == Progress::head ? Phase::head : Phase::body);
  if (reader_.take_continue()) {
    out_.head() = "HTTP/1.1 100 Continue\r\n\r\n";
    send_now();
    if (!out_.is_empty()) return Next::write;
  }
  return Next::read;
}

void ServedConnection::handle_request() {
  enter(Phase::handling);
  body_share_.may_give_way(nullptr);
  auto exchange = std::make_shared<ServedExchange>(shared_from_this(), reader_.take(), std::move(body_share_),
                                                   std::exchange(hold_, nullptr));
  pending_ = exchange.get();
  (*handler_)(std::move(exchange));
}

/// With a body to come: whether its head and the budget allow more of it. Else something else is next.
bool ServedConnection::may_go_on_reading() {
  if (reader_.take_unjudged()) {
    if (options_->body_budget) {
      body_share_ = options_->body_budget->open(origin(), steady_now());
      body_share_.may_give_way([this] { give_up_body(); });
    }
    if (options_->judge) {
      HeadVerdict verdict = options_->judge(*reader_.head(), peer());
      if (verdict.refusal) return send_refusal(std::move(*verdict.refusal)), false;
      hold_ = std::move(verdict.hold);
      reader_.limit_body(verdict.max_body_bytes);
      if (reader_.advance() == Progress::refused) return false;
    }
  }
  if (has_room_for_body()) return true;
  refuse(BadHttp(503, "too many large requests at once; try again later"));
  return false;
}

/// Of a slow sender, when others need its room.
void ServedConnection::give_up_body() {
  if (!out_.is_empty()) return end();  // "100 Continue" is still being written
  refuse(BadHttp(408, "the body came too slowly while others waited to send theirs"));
  wake();
}

bool ServedConnection::has_room_for_body() {
  if (!options_->body_budget) return true;
  return body_share_.grow_to(reader_.body_memory(), steady_now());
}

void ServedConnection::refuse(const BadHttp& bad) {
  if (options_->on_bad_request) options_->on_bad_request(peer(), bad.status(), bad.why());
  const HttpRequest* head = reader_.head();
  const bool own_form = head && options_->write_refusal;
  send_refusal(own_form ? options_->write_refusal(*head, peer(), bad.status(), bad.why())
                        : plain_refusal(bad.status(), bad.why()));
}

void ServedConnection::send_refusal(HttpResponse response) {
  closing_ = lingering_ = true;
  body_share_.may_give_way(nullptr);
  hold_.reset();
  send(std::move(response), "close", false);
}

/// The peer has gone while its request was handled. The answer may still find a reader: a
/// client may close its sending half and wait.
bool ServedConnection::abandon() {
  if (!pending_->on_abandoned_) return false;
  const auto tell = std::move(pending_->on_abandoned_);
  pending_->over_ = true;
  pending_ = nullptr;
  tell();
  return true;
}

/// The peer's socket was closed while some of our answer waited in it, or before.
void ServedConnection::tell_unread() {
  if (const auto tell = std::exchange(on_unread_, nullptr)) tell();
}

Task<void> ServedConnection::read_more() {
  const auto space = reader_.space();
  const auto [error, got] = co_await stream_->read_some(asio::buffer(space.data(), space.size()));
  note_read(error, got);
}

void ServedConnection::note_read(const error_code& error, std::size_t got) {
  if (got > 0) {
    reader_.filled(got);
    if (phase_ == Phase::body && options_->body_budget) body_share_.progressed(got, steady_now());
    on_unread_ = nullptr;
  }
  // An aborted read was called back by wake(), by the watchdog or by the end; next() sees which.
  if (error && error != asio::error::operation_aborted) peer_gone_ = true;
  if (error == asio::error::connection_reset) tell_unread();
}

// --- Output ---------------------------------------------------------------------------------------------------------

void ServedConnection::answer(ServedExchange& exchange, HttpResponse response) {
  exchange.body_share_.release();
  exchange.hold_.reset();
  pending_ = nullptr;
  if (ended_) return;
  const bool keep = exchange.keep_alive_ && !iequals(response.headers.get("Connection"), "close");
  closing_ = !keep;
  const bool known = options_->terse && !exchange.keep_alive_;
  const auto connection = known ? "" : !keep ? "close" : exchange.minor_version_ == 0 ? "keep-alive" : "";
  on_unread_ = std::move(exchange.on_unread_);
  std::function<void()> lost;
  const std::size_t large = exchange.bodiless_ ? 0 : AnswerOutput::memory_of(response);
  if (large > 0) {
    const bool is_reserved = exchange.answer_share_.held() > 0;
    auto room = is_reserved ? std::optional(std::move(exchange.answer_share_)) : room_for_answer(large);
    if (room) {
      out_.hold(std::move(*room));
    } else {
      response = plain_refusal(503, kNoRoomForAnswer);
      lost = std::exchange(on_unread_, nullptr);
    }
  }
  send(std::move(response), connection, exchange.bodiless_);
  if (!stepping_ && !ended_) enter(Phase::idle);
  wake();
  if (lost) lost();
}

void ServedConnection::drop() {
  pending_ = nullptr;
  closing_ = true;
  wake();
}

/// Calls serve() back if an answer left something that only it can do.
void ServedConnection::wake() {
  if (stepping_ || ended_) return;
  if (out_.is_empty() && !closing_ && !peer_gone_ && !reader_.has_leftover()) return;
  stream_->interrupt_read();
  if (timers_) timers_->awake.wake();
}

void ServedConnection::send(HttpResponse response, std::string_view connection, bool bodiless) {
  const auto date = options_->terse ? std::string_view() : date_.at(WallClock::to_time_t(wall_now()));
  append_response_head(out_.head(), response, {date, options_->server_name, connection});
  if (!bodiless && status_has_body(response.status)) out_.set_body(std::move(response));
  send_now();
  if (!out_.is_empty()) count_waiting();
}

void ServedConnection::send_now() {
  // With a second part to come, the end of file must not follow the first.
  const bool is_last = closing_ && !lingering_ && out_.is_last();
  while (out_.has_bytes()) {
    const auto now = is_last ? stream_->write_last_now(out_.unsent()) : stream_->write_now(out_.unsent());
    if (now == 0) return;
    out_.sent(now);
  }
  if (!out_.awaits_source()) out_.clear();
}

/// A small answer that the socket has not taken at once.
void ServedConnection::count_waiting() {
  if (out_.holds_room()) return;
  auto share = room_for_answer(out_.waiting());
  if (share) return out_.hold(std::move(*share));
  const auto tell = std::exchange(on_unread_, nullptr);
  end();
  if (tell) tell();
}

/// Nothing: there is none, and that has been told.
std::optional<BodyBudget::Share> ServedConnection::room_for_answer(std::size_t bytes) {
  if (!options_->answer_budget || ended_) return BodyBudget::Share();
  const SteadyTime now = steady_now();
  auto share = options_->answer_budget->open(origin(), now);
  if (share.grow_to(bytes, now)) {
    share.may_give_way([this] { give_up_answer("it was read too slowly while others waited for room"); });
    return share;
  }
  if (options_->on_lost_answer) options_->on_lost_answer(peer(), kNoRoomForAnswer);
  return std::nullopt;
}

void ServedConnection::give_up_answer(std::string_view why) {
  if (options_->on_lost_answer) options_->on_lost_answer(peer(), why);
  const auto tell = std::exchange(on_unread_, nullptr);
  end();
  if (tell) tell();
}

Task<void> ServedConnection::write_out() {
  while (co_await write_bytes() && !ended_) {
    if (!out_.awaits_source()) co_return out_.clear();
    const auto more = co_await out_.refill();
    if (!more) break;
  }
  out_.clear();
  end();
}

/// False: the peer has gone.
Task<bool> ServedConnection::write_bytes() {
  std::size_t in_time = 0;
  enter(Phase::writing);
  while (out_.has_bytes()) {
    const auto piece = asio::buffer(out_.unsent(), kWritePiece);
    const auto error = co_await stream_->write_all(piece);
    if (error) {
      tell_unread();
      co_return false;
    }
    out_.sent(piece.size());
    out_.progressed(piece.size());
    in_time += piece.size();
    if (in_time < kWrittenInTime) continue;
    in_time = 0;
    watch_phase();
  }
  co_return true;
}

Task<void> ServedConnection::discard_input() {
  enter(Phase::lingering);
  reader_.forget();
  body_share_.release();
  hold_.reset();
  stream_->finish_writing();
  std::array<char, 4096> scratch;
  for (;;) {
    const auto [error, got] = co_await stream_->read_some(asio::buffer(scratch));
    if (error) co_return;
  }
}

// --- Time -----------------------------------------------------------------------------------------------------------

void ServedConnection::enter(Phase phase) {
  if (phase == std::exchange(phase_, phase)) return;
  watch_phase();
}

void ServedConnection::watch_phase() {
  if (!timers_) return;
  if (phase_ == Phase::handling) return timers_->watchdog.clear();  // takes the time it takes
  timers_->watchdog.set(steady_now() + timeout());
}

std::chrono::milliseconds ServedConnection::timeout() const {
  switch (phase_) {
    case Phase::head:
      return options_->header_timeout;
    case Phase::body:
    case Phase::writing:
      return options_->body_timeout;
    case Phase::lingering:
      return std::min<std::chrono::milliseconds>(kLinger, options_->body_timeout);
    case Phase::idle:
    case Phase::handling:
      break;
  }
  return options_->idle_timeout;
}

void ServedConnection::expire() {
  if (phase_ != Phase::head && phase_ != Phase::body) return end();
  refuse(BadHttp(408, phase_ == Phase::head ? "the header took too long" : "the body took too long"));
  wake();
}

void ServedConnection::end() {
  ended_ = true;
  on_unread_ = nullptr;
  body_share_.release();
  hold_.reset();
  // A handler that will not be called any more may hold its exchange.
  const auto dropped = pending_ ? std::exchange(pending_->on_abandoned_, nullptr) : nullptr;
  stream_->close();
  if (!timers_) return;
  timers_->watchdog.clear();
  timers_->awake.wake();
}

}  // namespace

std::string body_origin(const Peer& peer) {
  if (peer.uid) return "uid " + std::to_string(*peer.uid);
  return peer.address.substr(0, peer.address.rfind(':'));
}

void serve_http(TaskGroup& tasks, StreamPtr stream, std::shared_ptr<const HttpServerOptions> options,
                std::shared_ptr<const HttpHandler> handler) {
  if (tasks.stopped()) return;
  auto connection = std::make_shared<ServedConnection>(std::move(stream), std::move(options), std::move(handler));
  if (!connection->ends_at_once()) tasks.spawn("http", ServedConnection::serve(std::move(connection)));
}

}  // namespace fescue
