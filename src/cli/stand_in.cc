// A wait on a copy of each listener, a synchronous accept, and one answer for all who speak HTTP.
#include "cli/stand_in.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/random.h"
#include "cloud/api/framework/errors.h"
#include "sys/http/http_server.h"

namespace fescue::cli {

namespace {

constexpr std::chrono::milliseconds kPatience{5000};

HttpResponse answer_to(const HttpRequest& request, const std::string& why) {
  const cloud::Addressee addressee = cloud::addressee_of(request);
  HttpResponse response = cloud::error_response(addressee, Error(Code::unavailable, why), random_uuid());
  response.headers.add("Retry-After", "1");
  return response;
}

/// Every head is refused, and with it the body that may follow.
std::shared_ptr<const HttpServerOptions> refuse_all(const std::string& why) {
  auto options = std::make_shared<HttpServerOptions>();
  options->server_name = "Fescue";
  options->header_timeout = options->body_timeout = options->idle_timeout = kPatience;
  options->judge = [why](const HttpRequest& head, const Peer&) { return HeadVerdict{0, answer_to(head, why)}; };
  return options;
}

/// For requests that came whole.
std::shared_ptr<const HttpHandler> answer_all(const std::string& why) {
  return std::make_shared<const HttpHandler>([why](const HttpExchangePtr& exchange) {
    HttpResponse response = answer_to(exchange->request(), why);
    response.headers.add("Connection", "close");  // the next request is for the child
    exchange->respond(std::move(response));
  });
}

}  // namespace

struct StandIn::Acceptor {
  asio::posix::stream_descriptor listener;
  std::shared_ptr<const HttpServerOptions> options;  // null: connections are closed
  std::shared_ptr<const HttpHandler> handler;
  bool is_open = true;
};

void StandIn::begin(std::span<const HeldListeners> listeners, const std::string& why) {
  end();
  const auto options = refuse_all(why);
  const auto handler = answer_all(why);
  for (const HeldListeners& each : listeners) {
    for (const Fd& socket : each.sockets) {
      const int copy = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0);
      if (copy < 0) continue;
      auto acceptor = std::make_shared<Acceptor>(Acceptor{asio::posix::stream_descriptor(tasks_.io(), copy), {}, {}});
      if (each.name == http_) {
        acceptor->options = options;
        acceptor->handler = handler;
      }
      acceptors_.push_back(acceptor);
      await(std::move(acceptor));
    }
  }
}

void StandIn::end() {
  for (const auto& acceptor : acceptors_) acceptor->is_open = false;
  acceptors_.clear();
}

// A wait that had ended before end() may call back after it: nothing is accepted then.
void StandIn::await(std::shared_ptr<Acceptor> acceptor) {
  auto& listener = acceptor->listener;
  listener.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this, acceptor = std::move(acceptor)](error_code failure) {
                        if (failure || !acceptor->is_open) return;
                        if (receive(*acceptor)) await(acceptor);
                      });
}

/// Whether to go on: out of descriptors, it would fail again at once.
bool StandIn::receive(Acceptor& acceptor) {
  tcp::endpoint remote;
  auto size = static_cast<socklen_t>(remote.capacity());
  Fd socket(::accept4(acceptor.listener.native_handle(), remote.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
  if (!acceptor.options || tasks_.size() >= kMaxAnswers) return true;
  remote.resize(size);
  Peer peer;
  peer.address = endpoint_text(remote);
  auto stream = make_stream(tasks_.io().get_executor(), remote.protocol(), std::move(socket), std::move(peer));
  serve_http(tasks_, std::move(stream), acceptor.options, acceptor.handler);
  return true;
}

}  // namespace fescue::cli
