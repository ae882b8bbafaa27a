// HttpBodySource: the body of an answer that is too large to be in memory as a whole. The server asks for the next
// piece when the peer has taken the one before; the length is known from the start.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sys/loop/asio.h"

namespace fescue {

class HttpBodySource {
 public:
  virtual ~HttpBodySource() = default;

  /// Of the body as a whole.
  virtual std::uint64_t size() const = 0;
  /// The bytes that follow, `most` of them at most and one at least. After an error the connection is closed, by which
  /// the peer sees that the body is not whole; the source has logged why. Not after the last byte.
  virtual Task<Result<std::string>> next(std::size_t most) = 0;
};

}  // namespace fescue
