// TlsEngine: one side of a TLS connection, sans I/O. Bytes from the wire go in, bytes for the wire come out, and the
// owner does the system calls; so an answer can be encrypted and sent at once, by one call, wherever it is made.
//
//   space(), filled()   where the next bytes of the wire go
//   output(), sent()    what the wire is to get; every other call may append to it
//
// An engine at rest holds OpenSSL's state and no buffer: the space is lent by the thread, what is left in it after
// handshake() or read() is kept apart, and OpenSSL frees its own buffers. forget_handshake() lets go of what
// only the handshake needed.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "base/result.h"
#include "sys/loop/asio.h"

namespace fescue {

class TlsEngine {
 public:
  enum class Side { server, client };
  enum class Step {
    done,
    wants_input,  // fill space() and come again
    ended,        // the peer says, or has said, that nothing more will come
    failed,       // see error()
  };

  /// The context must outlive the engine.
  TlsEngine(SSL_CTX* context, Side side);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  SSL* ssl() { return ssl_.get(); }

  Step handshake();
  /// Appends decrypted bytes while there is room in `into` and whole records are there; done: at least one byte.
  Step read(std::span<char> into, std::size_t& got);
  /// Encrypts all of it. Not before the handshake is done.
  Step write(std::string_view bytes);

  /// Frees the peer's certificates, a third of what a connection holds, and the keys that its secrets were made with.
  /// After the handshake, when nobody asks for them any more.
  void forget_handshake();

  /// On one thread: good until another engine asks, for whom what filled() has told of is kept apart.
  std::span<char> space();
  /// Whether read() may have something to say without more of the wire.
  bool has_input() const { return !input_.empty() || wire_ended_ || over_ || SSL_pending(ssl_.get()) > 0; }
  void filled(std::size_t count) { input_ = {input_.data(), input_.size() + count}; }
  /// The wire has ended.
  void end() { wire_ended_ = true; }

  std::string_view output() const { return std::string_view(output_).substr(sent_); }
  void sent(std::size_t count);

  /// Why a step has failed; OpenSSL's reason.
  error_code error() const { return error_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  static BIO_METHOD* wire_method();
  Step step_of(int result);
  Step read_records(std::span<char> into, std::size_t& got);
  void keep_input();

  std::unique_ptr<SSL, Free> ssl_;
  std::string_view input_;  // what OpenSSL has not taken: in the thread's room, or in kept_
  std::string kept_;
  std::string output_;
  std::size_t sent_ = 0;
  bool wire_ended_ = false;
  std::optional<Step> over_;  // what every further read() says
  error_code error_;
};

}  // namespace fescue
