#include "sys/stream.h"

#include <sys/socket.h>

namespace fescue {
namespace {

template <class Socket>
class PlainStream final : public Stream {
 public:
  PlainStream(Socket socket, Peer peer)
      : socket_(std::make_shared<Socket>(std::move(socket))), peer_(std::move(peer)) {}
  ~PlainStream() override { PlainStream::close(); }

  Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) override {
    co_return co_await socket_->async_read_some(into, use_result);
  }

  Task<error_code> write_all(asio::const_buffer bytes) override {
    const auto socket = socket_;  // the loop of async_write may outlive the stream
    const auto [error, written] = co_await asio::async_write(*socket, bytes, use_result);
    co_return error;
  }

  Task<error_code> wait_readable() override {
    const auto [error] = co_await socket_->async_wait(Socket::wait_read, use_result);
    co_return error;
  }

  std::size_t write_now(asio::const_buffer bytes) override {
    const auto sent = ::send(socket_->native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  void interrupt_read() override {
    error_code ignored;
    socket_->cancel(ignored);
  }

  void finish_writing() override {
    error_code ignored;
    socket_->shutdown(Socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    socket_->close(ignored);
  }

  const Peer& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return socket_->get_executor(); }

 private:
  std::shared_ptr<Socket> socket_;
  Peer peer_;
};

Peer peer_of(const tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  Peer peer;
  if (!error) peer.address = endpoint_text(endpoint);
  return peer;
}

Peer peer_of(unix_socket::socket& socket) {
  Peer peer;
  peer.address = "unix";
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return peer;
  if (credentials.uid != static_cast<uid_t>(-1)) peer.uid = credentials.uid;
  if (credentials.pid != 0) peer.pid = credentials.pid;  // 0: of a pid namespace that we cannot see
  return peer;
}

}  // namespace

std::string endpoint_text(const tcp::endpoint& endpoint) {
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  const auto port = ":" + std::to_string(endpoint.port());
  return address.is_v6() ? "[" + address.to_string() + "]" + port : address.to_string() + port;
}

StreamPtr make_stream(tcp::socket socket) {
  auto peer = peer_of(socket);
  return make_stream(std::move(socket), std::move(peer));
}

StreamPtr make_stream(tcp::socket socket, Peer peer) {
  return std::make_unique<PlainStream<tcp::socket>>(std::move(socket), std::move(peer));
}

StreamPtr make_stream(unix_socket::socket socket) {
  auto peer = peer_of(socket);
  return std::make_unique<PlainStream<unix_socket::socket>>(std::move(socket), std::move(peer));
}

}  // namespace fescue
