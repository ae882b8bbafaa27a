// One exchange on a stream: request out, head in, body by length, chunks or the connection's end.
#include "sys/http/http_client.h"

#include "sys/http/http_parser.h"
#include "sys/http/http_writer.h"
#include "sys/loop/deadline.h"

namespace fescue {
namespace {

constexpr std::size_t kReadStep = 64 * 1024;
constexpr std::size_t kMaxHead = 64 * 1024;
constexpr int kMaxInterim = 8;  // 1xx responses before the real one

Error malformed(const BadHttp& bad) {
  const auto code = bad.status() == 413 ? Code::too_large : Code::unavailable;
  return Error(code, "bad HTTP response: " + bad.why());
}

Error broken(const error_code& error) {
  if (error == asio::error::eof) return Error(Code::unavailable, "the connection was closed before the response ended");
  return Error(Code::unavailable, error.message());
}

/// One exchange, from the request's bytes to the end of the response.
class ClientExchange {
 public:
  ClientExchange(Stream& stream, std::string method, std::uint64_t max_body)
      : stream_(stream), method_(std::move(method)), max_body_(max_body) {}

  Task<Result<HttpResponse>> run(std::string head, std::string body) {
    auto write_error = co_await stream_.write_all(asio::buffer(head));
    if (!write_error && !body.empty()) write_error = co_await stream_.write_all(asio::buffer(body));
    // A server that refuses a body answers and stops reading: its answer counts more than our failure to write.
    auto response = co_await read_response();
    if (!response && write_error) co_return broken(write_error);
    co_return response;
  }

  /// Whether another exchange may follow.
  bool reusable() const { return keep_alive_ && input_.empty(); }

 private:
  Task<Result<HttpResponse>> read_response() {
    for (int interim = 0; interim <= kMaxInterim; ++interim) {
      FESCUE_CO_TRY(head, co_await read_head());
      if (head.response.status < 200) continue;
      keep_alive_ = head.keep_alive;
      response_ = std::move(head.response);
      FESCUE_CO_CHECK(co_await read_body(head.body));
      co_return std::move(response_);
    }
    co_return Error(Code::unavailable, "bad HTTP response: too many interim responses");
  }

  Task<Result<ResponseHead>> read_head() {
    HeadScanner scanner;
    for (;;) {
      const auto size = scanner.scan(input_);
      if (!size) co_return malformed(size.error());
      if (*size > 0) {
        auto head = parse_response_head(std::string_view(input_).substr(0, *size), method_);
        if (!head) co_return malformed(head.error());
        input_.erase(0, *size);
        co_return std::move(*head);
      }
      if (input_.size() >= kMaxHead) co_return Error(Code::unavailable, "bad HTTP response: the header is too large");
      FESCUE_CO_CHECK(co_await read_more());
    }
  }

  Task<Result<void>> read_body(BodyPlan plan) {
    switch (plan.framing) {
      case BodyFraming::none:
        co_return ok();
      case BodyFraming::chunked:
        co_return co_await read_chunks();
      case BodyFraming::length:
        if (plan.length > max_body_) co_return malformed(BadHttp(413, "the body is too large"));
        co_return co_await read_plain(plan.length);
      case BodyFraming::until_close:
        break;
    }
    co_return co_await read_to_close();
  }

  Task<Result<void>> read_plain(std::uint64_t left) {
    for (;;) {
      const auto part = std::min<std::uint64_t>(left, input_.size());
      response_.body.append(input_, 0, part);
      input_.erase(0, part);
      left -= part;
      if (left == 0) co_return ok();
      FESCUE_CO_CHECK(co_await read_more());
    }
  }

  Task<Result<void>> read_to_close() {
    std::uint64_t total = 0;
    for (;;) {
      total += input_.size();
      if (total > max_body_) co_return malformed(BadHttp(413, "the body is too large"));
      response_.body += input_;
      input_.clear();
      const auto error = co_await read_some();
      if (error == asio::error::eof) co_return ok();
      if (error) co_return broken(error);
    }
  }

  Task<Result<void>> read_chunks() {
    ChunkDecoder decoder(max_body_);
    for (;;) {
      const auto taken = decoder.decode(input_, response_.body);
      if (!taken) co_return malformed(taken.error());
      input_.erase(0, *taken);
      if (decoder.done()) co_return ok();
      FESCUE_CO_CHECK(co_await read_more());
    }
  }

  Task<Result<void>> read_more() {
    const auto error = co_await read_some();
    if (error) co_return broken(error);
    co_return ok();
  }

  Task<error_code> read_some() {
    const auto before = input_.size();
    input_.resize(before + kReadStep);
    const auto [error, got] = co_await stream_.read_some(asio::buffer(input_) + before);
    input_.resize(before + got);
    co_return got > 0 ? error_code() : error;
  }

  Stream& stream_;
  const std::string method_;
  const std::uint64_t max_body_;
  std::string input_;  // read and not yet used
  HttpResponse response_;
  bool keep_alive_ = false;
};

}  // namespace

Task<Result<HttpResponse>> http_exchange(Stream& stream, HttpRequest request, HttpClientOptions options) {
  const bool writable = is_field_name(request.method) && is_request_target(request.target);
  if (!writable) co_return Error(Code::invalid_argument, "no HTTP request: " + request.method + " " + request.target);
  std::string head;
  append_request_head(head, request, stream.peer().address == "unix" ? "localhost" : stream.peer().address);

  Deadline deadline(stream.executor(), options.timeout, [&stream] { stream.close(); });
  ClientExchange exchange(stream, std::move(request.method), options.max_body_bytes);
  auto response = co_await exchange.run(std::move(head), std::move(request.body));
  if (!response || !exchange.reusable()) stream.close();
  if (!response && deadline.expired()) co_return Error(Code::timeout, "no HTTP response in time");
  co_return response;
}

}  // namespace fescue
