// Stream: one accepted or made connection, whatever carries it: TCP, TLS over TCP, or a Unix socket. Reads and writes
// are one system call where possible; protocols put their own buffering above.
//
// One reader and one writer at a time. Whoever awaits an operation keeps the stream and the buffer alive until it is
// back; a stream that goes earlier is closed, and the operation ends with operation_aborted without touching it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "sys/loop/asio.h"
#include "sys/net/caller_quota.h"

namespace fescue {

/// Who is at the other end, as far as the kernel or the TLS handshake can say.
struct Peer {
  std::string address;                // "127.0.0.1:40312", "unix"
  std::optional<uid_t> uid;           // owner of the peer's socket; only for local peers
  std::optional<pid_t> pid;           // Unix sockets only
  std::uint64_t cgroup = 0;           // of local TCP peers, where the kernel says it: SocketOwner in peer_uid.h
  std::string certificate_sha256;     // lower-case hex of the client's DER certificate; empty without one
  std::string certificate_subject;    // its common name
  std::string certificate_pem;        // of a newcomer alone: sys/tls/foreign_certificates.h
  std::shared_ptr<const void> place;  // at the listener that accepted it (connection_quota.h)
  std::shared_ptr<CallerQuota::Place> caller_place;  // or among those of all listeners, by who speaks on it
};

/// A reader's buffer that is there while there is something to put in.
class ReadRoom {
 public:
  virtual ~ReadRoom() = default;
  virtual std::span<char> room() = 0;
  /// It may be a while until room() is asked for anew.
  virtual void rest() = 0;
};

class Stream {
 public:
  virtual ~Stream() = default;

  /// At least one byte, or the error (end of file is asio::error::eof).
  virtual Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) = 0;
  /// The same, and where the stream can wait without a buffer (TLS) room is held only when it is needed.
  virtual Task<std::tuple<error_code, std::size_t>> read_some(ReadRoom& into);
  /// What is there now, without waiting; would_block when nothing has come yet, or where that cannot be told (TLS). Not
  /// while a read is pending.
  virtual std::tuple<error_code, std::size_t> read_now(asio::mutable_buffer into);
  /// All of it, or the error.
  virtual Task<error_code> write_all(asio::const_buffer bytes) = 0;
  /// Bytes written without waiting: what the socket takes now, 0 when it takes none or is broken (write_all tells
  /// which). The next write after a short one begins with the bytes that were not taken (TLS may hold them encrypted).
  /// Not while a write_all is pending.
  virtual std::size_t write_now(asio::const_buffer bytes) = 0;
  /// write_now() of the last bytes before close(). Where they are taken as a whole a plain stream sends end of file
  /// with them, in the same packet.
  virtual std::size_t write_last_now(asio::const_buffer bytes) { return write_now(bytes); }

  /// Ends a pending read_some with operation_aborted; the stream stays usable. Not while a write_all
  /// is pending.
  virtual void interrupt_read() = 0;
  /// Sends end of file after what was written; reading goes on.
  virtual void finish_writing() = 0;

  /// Both directions at once; pending operations end with operation_aborted.
  virtual void close() = 0;

  virtual const Peer& peer() const = 0;
  virtual asio::any_io_executor executor() = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

/// "127.0.0.1:40312", "[::1]:40312"; an IPv4 address that arrived on an IPv6 socket is written as IPv4.
std::string endpoint_text(const tcp::endpoint& endpoint);

/// Without a `peer`, it is what the socket itself can say.
StreamPtr make_stream(tcp::socket socket);
StreamPtr make_stream(tcp::socket socket, Peer peer);
StreamPtr make_stream(unix_socket::socket socket);

/// Of a connected socket that does not block. The loop watches it from the first wait on: a connection that is over at
/// once costs no registration.
StreamPtr make_stream(asio::any_io_executor executor, tcp protocol, Fd socket, Peer peer);
StreamPtr make_stream(asio::any_io_executor executor, unix_socket protocol, Fd socket);
StreamPtr make_stream(asio::any_io_executor executor, unix_socket protocol, Fd socket, Peer peer);

/// Who is at the other end of a Unix socket.
Peer peer_of_unix(int socket);

}  // namespace fescue
