// Stream: one accepted or made connection, whatever carries it: TCP, TLS over TCP, or a Unix socket. Reads and writes
// are one system call where possible; protocols put their own buffering above.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "sys/asio.h"

namespace fescue {

/// Who is at the other end, as far as the kernel or the TLS handshake can say.
struct Peer {
  std::string address;              // "127.0.0.1:40312", "unix"
  std::optional<uid_t> uid;         // owner of the peer's socket; only for local peers
  std::optional<pid_t> pid;         // Unix sockets only
  std::string certificate_sha256;   // lower-case hex of the client's DER certificate; empty without one
  std::string certificate_subject;  // its common name
};

class Stream {
 public:
  virtual ~Stream() = default;

  /// At least one byte, or the error (end of file is asio::error::eof).
  virtual Task<std::tuple<error_code, std::size_t>> read_some(asio::mutable_buffer into) = 0;
  /// All of it, or the error.
  virtual Task<error_code> write_all(asio::const_buffer bytes) = 0;
  /// Waits until there is something to read (or end of file) without taking it.
  virtual Task<error_code> wait_readable() = 0;
  /// Bytes written without waiting: what the socket takes now. Only for plain sockets; TLS streams return 0.
  virtual std::size_t write_now(asio::const_buffer bytes) = 0;

  /// Both directions at once; pending operations end with operation_aborted.
  virtual void close() = 0;

  virtual const Peer& peer() const = 0;
  virtual asio::any_io_executor executor() = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

StreamPtr make_stream(tcp::socket socket);
StreamPtr make_stream(unix_socket::socket socket);

}  // namespace fescue
