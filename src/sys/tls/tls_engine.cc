// OpenSSL on a BIO of our own that reads and appends to strings; each call says what the wire must do next.
#include "sys/tls/tls_engine.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>

#include "base/assert.h"
#include "sys/tls/openssl.h"

namespace fescue {

namespace {

constexpr std::size_t kInput = 17 * 1024;         // one record of the largest kind, and its header
constexpr std::size_t kKeptOutput = 512;          // a larger buffer is freed when it is empty
constexpr std::size_t kMostAtOnce = 1024 * 1024;  // OpenSSL counts in int

error_code taken_from_queue() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  return {code == 0 ? 1 : static_cast<int>(code), asio::error::get_ssl_category()};
}

/// What others left in the queue must not be taken for ours; it is nearly always empty.
void clear_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

/// Assigning an empty string would keep the memory.
void free_bytes(std::string& bytes) { std::string().swap(bytes); }

/// Its numbers; what is left of it is a shell that the connection refers to.
void forget(EVP_PKEY* key) {
  EVP_PKEY_set_type(key, EVP_PKEY_NONE);  // of no known kind, says its error, when the key is gone
  EVP_PKEY_free(key);
  clear_errors();
}

void forget(STACK_OF(X509) * chain) {
  while (chain != nullptr && sk_X509_num(chain) > 0) X509_free(sk_X509_pop(chain));
}

/// Where the wire's bytes come to, for all engines of a thread.
struct WireRoom {
  const std::unique_ptr<char[]> bytes{new char[kInput]};
  TlsEngine* holder = nullptr;  // whose input is in it
};

WireRoom& wire_room() {
  static thread_local WireRoom room;
  return room;
}

}  // namespace

/// What OpenSSL takes for its socket.
BIO_METHOD* TlsEngine::wire_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "fescue wire");
    BIO_meth_set_write(made, [](BIO* bio, const char* data, int size) {
      static_cast<TlsEngine*>(BIO_get_data(bio))->output_.append(data, static_cast<std::size_t>(size));
      return size;
    });
    BIO_meth_set_read(made, [](BIO* bio, char* into, int size) {
      auto& engine = *static_cast<TlsEngine*>(BIO_get_data(bio));
      const std::size_t count = std::min(static_cast<std::size_t>(size), engine.input_.size());
      BIO_clear_retry_flags(bio);
      if (count == 0 && !engine.wire_ended_) {
        BIO_set_retry_read(bio);
        return -1;
      }
      if (count > 0) std::memcpy(into, engine.input_.data(), count);
      engine.input_.remove_prefix(count);
      return static_cast<int>(count);
    });
    BIO_meth_set_ctrl(made, [](BIO* bio, int command, long, void*) -> long {
      if (command == BIO_CTRL_EOF) return static_cast<TlsEngine*>(BIO_get_data(bio))->wire_ended_ ? 1 : 0;
      return command == BIO_CTRL_FLUSH ? 1 : 0;
    });
    return made;
  }();
  return method;
}

TlsEngine::TlsEngine(SSL_CTX* context, Side side) : ssl_(SSL_new(context)) {
  FESCUE_ASSERT(ssl_ != nullptr);
  BIO* wire = BIO_new(wire_method());
  FESCUE_ASSERT(wire != nullptr);
  BIO_set_data(wire, this);
  BIO_set_init(wire, 1);
  SSL_set_bio(ssl_.get(), wire, wire);
  // Peers that close without close_notify are common, and every protocol above knows its own ends.
  SSL_set_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (side == Side::server) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

TlsEngine::~TlsEngine() {
  if (wire_room().holder == this) wire_room().holder = nullptr;
}

TlsEngine::Step TlsEngine::step_of(int result) {
  if (result > 0) return Step::done;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::wants_input;
    case SSL_ERROR_ZERO_RETURN:
      return Step::ended;
    default:
      error_ = taken_from_queue();
      return Step::failed;
  }
}

TlsEngine::Step TlsEngine::handshake() {
  clear_errors();
  const Step step = step_of(SSL_do_handshake(ssl_.get()));
  keep_input();
  return step;
}

TlsEngine::Step TlsEngine::read(std::span<char> into, std::size_t& got) {
  got = 0;
  if (over_) return *over_;
  clear_errors();
  const Step step = read_records(into, got);
  keep_input();
  return step;
}

TlsEngine::Step TlsEngine::read_records(std::span<char> into, std::size_t& got) {
  while (got < into.size()) {
    const auto room = static_cast<int>(std::min(into.size() - got, kMostAtOnce));
    const int count = SSL_read(ssl_.get(), into.data() + got, room);
    if (count > 0) {
      got += static_cast<std::size_t>(count);
      if (input_.empty() && SSL_pending(ssl_.get()) == 0) break;
    } else {
      const Step step = step_of(count);
      if (step != Step::wants_input) over_ = step;
      return got > 0 ? Step::done : step;
    }
  }
  return Step::done;
}

TlsEngine::Step TlsEngine::write(std::string_view bytes) {
  clear_errors();
  while (!bytes.empty()) {
    const auto size = std::min(bytes.size(), kMostAtOnce);
    const Step step = step_of(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(size)));
    if (step != Step::done) return step;
    bytes.remove_prefix(size);
  }
  return Step::done;
}

void TlsEngine::forget_handshake() {
  EVP_PKEY* key = nullptr;
  if (SSL_get_tmp_key(ssl_.get(), &key) == 1) forget(key);
  if (SSL_get_peer_tmp_key(ssl_.get(), &key) == 1) forget(key);
  forget(SSL_get_peer_cert_chain(ssl_.get()));
  forget(SSL_get0_verified_chain(ssl_.get()));
  SSL_SESSION* session = SSL_get0_session(ssl_.get());
  const openssl::SslSession bare(SSL_SESSION_new());
  FESCUE_ASSERT(bare != nullptr);
  SSL_SESSION_set_protocol_version(bare.get(), SSL_SESSION_get_protocol_version(session));
  SSL_SESSION_set_cipher(bare.get(), SSL_SESSION_get0_cipher(session));
  unsigned char* der = nullptr;
  const int size = i2d_SSL_SESSION(bare.get(), &der);
  const unsigned char* at = der;
  // Read into the session that is there, it takes the place of all that was in it, the peer's certificate too.
  if (size > 0 && d2i_SSL_SESSION(&session, &at, size) == nullptr) clear_errors();
  OPENSSL_free(der);
}

std::span<char> TlsEngine::space() {
  WireRoom& lent = wire_room();
  if (lent.holder != nullptr && lent.holder != this) lent.holder->keep_input();
  lent.holder = this;
  char* const room = lent.bytes.get();
  if (!kept_.empty() || input_.empty()) {
    std::ranges::copy(input_, room);
    input_ = {room, input_.size()};
    free_bytes(kept_);
  }
  const auto used = static_cast<std::size_t>(input_.data() + input_.size() - room);
  return {room + used, kInput - used};
}

/// What a call has left goes from the common room to a place of its own, which lasts no longer than it is needed.
void TlsEngine::keep_input() {
  if (wire_room().holder == this) wire_room().holder = nullptr;
  if (input_.empty()) {
    free_bytes(kept_);
  } else if (kept_.empty()) {
    kept_.assign(input_);
    input_ = kept_;
  }
}

void TlsEngine::sent(std::size_t count) {
  sent_ += count;
  if (sent_ < output_.size()) return;
  sent_ = 0;
  if (output_.capacity() > kKeptOutput) {
    free_bytes(output_);
  } else {
    output_.clear();
  }
}

}  // namespace fescue
