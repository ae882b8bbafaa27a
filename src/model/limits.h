// The limits that AWS sets and that more than one part keeps. Those of one operation's own fields are beside that
// operation (cloud/api). Sources: docs/compatibility/limits.md#numbers, docs/compatibility/api-lambda.md#fields.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fescue {

// Lambda.
inline constexpr std::size_t kMaxInvocationPayload = 6 * 1024 * 1024;         // of a request and of a result
inline constexpr std::size_t kMaxEventPayload = 1024 * 1024;                  // of an asynchronous request
inline constexpr std::size_t kMaxClientContext = 3583;                        // of the base64
inline constexpr std::size_t kMaxPackageBytes = 50 * 1024 * 1024;             // of a zip as it is uploaded
inline constexpr std::uint64_t kMaxUnpackedPackageBytes = 250 * 1024 * 1024;  // and unpacked

// AWS IoT, and V1 for what functions publish.
inline constexpr std::size_t kMaxTopicBytes = 256;  // of UTF-8
inline constexpr std::size_t kMaxMessageBytes = 128 * 1024;
inline constexpr std::size_t kSpoolerBytes = 2621440;  // V1's GG_CONFIG_MAX_SIZE_BYTES, where the group has none

// Ours, between the control plane and its cores.
inline constexpr std::size_t kMaxDocumentBytes = 16 * 1024 * 1024;  // of a deployment

}  // namespace fescue
