// Fetching with timeout: what fails for reasons that pass is tried again, and a package that was half fetched goes on
// where it stopped, also after a restart.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "deploy/core_api.h"
#include "sys/loop/blocking_pool.h"

namespace fescue {

struct RetryPolicy {
  int tries = 10;  // in a row without progress
  std::chrono::milliseconds first_pause{1000};
  std::chrono::milliseconds longest_pause{60000};
};

inline constexpr std::size_t kArtifactPieceBytes = 512 * 1024;

Task<Result<SignedDocument>> download_document(CoreApi& api, DeploymentId deployment, RetryPolicy policy);

/// Brings the artifact to `path`, whole and with the right hash. Errors: as CoreApi; invalid_argument when its size or
/// hash is another than announced. `bytes` is the announced size, 0 when it is unknown.
Task<Result<void>> download_artifact(CoreApi& api, BlockingPool& pool, ArtifactHash hash, std::uint64_t bytes,
                                     std::string path, RetryPolicy policy);

}  // namespace fescue
