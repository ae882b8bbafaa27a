// A control plane in memory, which can fail as often as a test says.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "deploy/core_api.h"

namespace fescue {

class FakeCoreApi final : public CoreApi {
 public:
  Task<Result<SignedDocument>> document(DeploymentId deployment) override {
    calls.push_back("document " + deployment.str());
    if (auto failure = next_failure()) co_return *failure;
    const auto found = documents.find(deployment);
    if (found == documents.end()) co_return Error(Code::not_found, "no such deployment");
    co_return found->second;
  }

  Task<Result<ArtifactPiece>> artifact(ArtifactHash hash, std::uint64_t offset, std::size_t bytes) override {
    calls.push_back("artifact at " + std::to_string(offset));
    if (auto failure = next_failure()) co_return *failure;
    const auto found = artifacts.find(hash);
    if (found == artifacts.end()) co_return Error(Code::not_found, "no such artifact");
    const std::string piece = offset < found->second.size() ? found->second.substr(offset, bytes) : std::string();
    co_return ArtifactPiece{piece, found->second.size()};
  }

  /// The next calls fail with these, in order; nothing in the deque lets a call through.
  std::deque<std::optional<Error>> failures;
  std::map<DeploymentId, SignedDocument> documents;
  std::map<ArtifactHash, std::string> artifacts;
  std::vector<std::string> calls;

 private:
  std::optional<Error> next_failure() {
    if (failures.empty()) return std::nullopt;
    auto failure = std::move(failures.front());
    failures.pop_front();
    return failure;
  }
};

}  // namespace fescue
