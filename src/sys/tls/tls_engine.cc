// OpenSSL on a BIO of our own that reads and appends to strings; each call says what the wire must do next.
#include "sys/tls/tls_engine.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>

#include "base/assert.h"

namespace fescue {

namespace {

constexpr std::size_t kInput = 17 * 1024;         // one record of the largest kind, and its header
constexpr std::size_t kKeptOutput = 32 * 1024;    // a larger buffer is freed when it is empty
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
      const std::size_t count = std::min(static_cast<std::size_t>(size), engine.input_end_ - engine.input_begin_);
      BIO_clear_retry_flags(bio);
      if (count == 0 && !engine.wire_ended_) {
        BIO_set_retry_read(bio);
        return -1;
      }
      std::memcpy(into, engine.input_.get() + engine.input_begin_, count);
      engine.input_begin_ += count;
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

TlsEngine::TlsEngine(SSL_CTX* context, Side side) : ssl_(SSL_new(context)), input_(new char[kInput]) {
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
  return step_of(SSL_do_handshake(ssl_.get()));
}

TlsEngine::Step TlsEngine::read(std::span<char> into, std::size_t& got) {
  got = 0;
  if (over_) return *over_;
  clear_errors();
  while (got < into.size()) {
    const auto room = static_cast<int>(std::min(into.size() - got, kMostAtOnce));
    const int count = SSL_read(ssl_.get(), into.data() + got, room);
    if (count > 0) {
      got += static_cast<std::size_t>(count);
      if (input_begin_ == input_end_ && SSL_pending(ssl_.get()) == 0) break;
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

std::span<char> TlsEngine::space() {
  if (input_begin_ == input_end_) input_begin_ = input_end_ = 0;
  if (input_end_ == kInput) {
    std::memmove(input_.get(), input_.get() + input_begin_, input_end_ - input_begin_);
    input_end_ -= std::exchange(input_begin_, 0);
  }
  return {input_.get() + input_end_, kInput - input_end_};
}

void TlsEngine::sent(std::size_t count) {
  sent_ += count;
  if (sent_ < output_.size()) return;
  sent_ = 0;
  if (output_.capacity() > kKeptOutput) {
    output_ = std::string();
  } else {
    output_.clear();
  }
}

}  // namespace fescue
