// Streams over plain sockets, TCP and Unix, which try the system call first and let Asio wait; and who the peer is.
#include "sys/net/stream.h"

#include <sys/socket.h>

namespace fescue {
namespace {

/// Before the first wait the descriptor is all there is of the socket; then Asio has it.
template <class Protocol>
class PlainStream final : public Stream {
 public:
  using Socket = typename Protocol::socket;

  PlainStream(Socket socket, Peer peer)
      : executor_(socket.get_executor()),
        socket_(std::make_shared<Socket>(std::move(socket))),
        peer_(std::move(peer)) {}
  PlainStream(asio::any_io_executor executor, Protocol protocol, Fd unwatched, Peer peer)
      : executor_(std::move(executor)), protocol_(protocol), unwatched_(std::move(unwatched)), peer_(std::move(peer)) {}
  ~PlainStream() override { PlainStream::close(); }

  using Stream::read_some;
  Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) override {
    if (const auto failed = watch()) co_return std::tuple(failed, std::size_t{0});
    co_return co_await socket_->async_read_some(into, use_result);
  }

  std::tuple<error_code, std::size_t> read_now(asio::mutable_buffer into) override {
    const auto got = ::recv(handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (got < 0) return {error_code(errno, boost::system::system_category()), 0};
    if (got == 0) return {asio::error::eof, 0};
    return {error_code(), static_cast<std::size_t>(got)};
  }

  Task<error_code> write_all(asio::const_buffer bytes) override {
    if (const auto failed = watch()) co_return failed;
    const auto socket = socket_;  // the loop of async_write may outlive the stream
    const auto [error, written] = co_await asio::async_write(*socket, bytes, use_result);
    co_return error;
  }

  std::size_t write_now(asio::const_buffer bytes) override { return send(bytes, 0); }

  std::size_t write_last_now(asio::const_buffer bytes) override {
    const auto sent = send(bytes, MSG_MORE);  // held back until the end of file goes with it, or more bytes
    if (sent == bytes.size()) finish_writing();
    return sent;
  }

  void interrupt_read() override {
    error_code ignored;
    if (socket_) socket_->cancel(ignored);
  }

  void finish_writing() override { ::shutdown(handle(), SHUT_WR); }

  void close() override {
    error_code ignored;
    unwatched_.reset();
    if (socket_) socket_->close(ignored);
  }

  const Peer& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return executor_; }

 private:
  std::size_t send(asio::const_buffer bytes, int flags) {
    const auto sent = ::send(handle(), bytes.data(), bytes.size(), flags | MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }

  int handle() const { return socket_ ? socket_->native_handle() : unwatched_.get(); }

  error_code watch() {
    if (socket_) return {};
    if (!unwatched_) return asio::error::bad_descriptor;  // closed
    auto socket = std::make_shared<Socket>(executor_);
    error_code error;
    socket->assign(*protocol_, unwatched_.get(), error);
    if (error) return error;
    unwatched_.release();
    socket_ = std::move(socket);
    return {};
  }

  asio::any_io_executor executor_;
  std::optional<Protocol> protocol_;  // of what is unwatched
  Fd unwatched_;
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

}  // namespace

Task<std::tuple<error_code, std::size_t>> Stream::read_some(ReadRoom& into) {
  const std::span<char> room = into.room();
  return read_some(asio::buffer(room.data(), room.size()));
}

std::tuple<error_code, std::size_t> Stream::read_now(asio::mutable_buffer) { return {asio::error::would_block, 0}; }

std::string endpoint_text(const tcp::endpoint& endpoint) {
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  const auto port = ":" + std::to_string(endpoint.port());
  if (address.is_v6()) return "[" + address.to_string() + "]" + port;
  std::string text;  // for each connection: to_string() is snprintf
  for (const auto part : address.to_v4().to_bytes()) text += (text.empty() ? "" : ".") + std::to_string(part);
  return text + port;
}

Peer peer_of_unix(int socket) {
  Peer peer;
  peer.address = "unix";
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return peer;
  if (credentials.uid != static_cast<uid_t>(-1)) peer.uid = credentials.uid;
  if (credentials.pid != 0) peer.pid = credentials.pid;  // 0: of a pid namespace that we cannot see
  return peer;
}

StreamPtr make_stream(tcp::socket socket) {
  auto peer = peer_of(socket);
  return make_stream(std::move(socket), std::move(peer));
}

StreamPtr make_stream(tcp::socket socket, Peer peer) {
  return std::make_unique<PlainStream<tcp>>(std::move(socket), std::move(peer));
}

StreamPtr make_stream(unix_socket::socket socket) {
  auto peer = peer_of_unix(socket.native_handle());
  return std::make_unique<PlainStream<unix_socket>>(std::move(socket), std::move(peer));
}

StreamPtr make_stream(asio::any_io_executor executor, tcp protocol, Fd socket, Peer peer) {
  return std::make_unique<PlainStream<tcp>>(std::move(executor), protocol, std::move(socket), std::move(peer));
}

StreamPtr make_stream(asio::any_io_executor executor, unix_socket protocol, Fd socket) {
  auto peer = peer_of_unix(socket.get());
  return make_stream(std::move(executor), protocol, std::move(socket), std::move(peer));
}

StreamPtr make_stream(asio::any_io_executor executor, unix_socket protocol, Fd socket, Peer peer) {
  return std::make_unique<PlainStream<unix_socket>>(std::move(executor), protocol, std::move(socket), std::move(peer));
}

}  // namespace fescue
