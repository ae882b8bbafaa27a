// What a core fetches from its control plane (docs/core-protocol.md): documents and artifacts by HTTPS with the core's
// certificate. An interface, so that the agent's decisions are tested without a network.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "deploy/signed_document.h"
#include "model/core_config.h"
#include "model/ids.h"
#include "sys/loop/asio.h"
#include "sys/tls/tls.h"

namespace fescue {

/// A part of a function package.
struct ArtifactPiece {
  std::string bytes;
  std::uint64_t total = 0;  // size of the whole artifact
};

class CoreApi {
 public:
  virtual ~CoreApi() = default;

  // Errors: unavailable, timeout and io are worth another try; the others are not.
  virtual Task<Result<SignedDocument>> document(DeploymentId deployment) = 0;
  /// Up to `bytes` from `offset` on; fewer only at the end. Precondition: bytes > 0.
  virtual Task<Result<ArtifactPiece>> artifact(ArtifactHash hash, std::uint64_t offset, std::size_t bytes) = 0;
};

/// Keeps its connection between calls. One call at a time.
std::unique_ptr<CoreApi> make_https_core_api(HostPort address, std::shared_ptr<TlsContext> tls);

}  // namespace fescue
