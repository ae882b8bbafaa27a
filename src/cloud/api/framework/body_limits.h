// How much of a body each operation takes, and what the HTTP server itself refuses (too large, too slow, no room for
// it), in the form of the service that was asked. No I/O.
#pragma once

#include <cstddef>
#include <string_view>

#include "cloud/api/framework/operation.h"
#include "model/limits.h"

namespace fescue::cloud {

/// A Lambda package of 50 MB in base64 with the JSON around it (docs/compatibility/api-lambda.md#fields).
inline constexpr std::size_t kMaxRequestBytes = 69'905'067;

/// What the bodies of requests may take together while nobody knows who sent them: of one user or address, and in all.
inline constexpr std::size_t kMaxUnverifiedOfOrigin = 2 * kMaxRequestBytes;
inline constexpr std::size_t kMaxUnverifiedInAll = 3 * kMaxRequestBytes;

/// What answers may take together while they wait to be read: of one user or address, and in all. The largest are the
/// payloads of invocations; packages are sent in pieces.
inline constexpr std::size_t kMaxAnswersOfOrigin = 8 * kMaxInvocationPayload;
inline constexpr std::size_t kMaxAnswersInAll = 16 * kMaxInvocationPayload;

/// `operation` is null while it is not known, as for a form whose action is in its body.
std::size_t max_body_bytes(Service service, const Operation* operation);

/// Lambda's words for a body that is larger than max_body_bytes().
ApiError too_large(Service service, const Operation* operation);

/// For a status that the HTTP server came to by itself: 408, 413 or 503.
ApiError server_refusal(Service service, const Operation* operation, unsigned status, std::string_view why);

}  // namespace fescue::cloud
