// Pieces of a file, and the hash over them.
#include "cloud/deployments/artifact_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/log.h"

namespace fescue::cloud {

struct ArtifactSource::Reading {
  Reading(OpenFile opened, std::optional<ArtifactHash> expected, Part part)
      : file(std::move(opened)), hash(std::move(expected)), at(part.first), end(part.first + part.count) {}

  Result<std::string> next(std::size_t most) {
    FESCUE_TRY(piece, file.read(at, std::min<std::uint64_t>(most, end - at)));
    at += piece.size();
    if (!hash) return piece;
    digest.update(piece);
    if (at == end && hex_encode(as_view(digest.finish())) != hash->view()) {
      return Error(Code::io, fmt::format("package {} is damaged on disk", hash->view()));
    }
    return piece;
  }

  OpenFile file;
  std::optional<ArtifactHash> hash;  // absent: a part, which nobody can check here
  std::uint64_t at, end;
  Sha256Stream digest;
};

ArtifactSource::ArtifactSource(BlockingPool& pool, OpenFile file, ArtifactHash hash, std::shared_ptr<const void> hold)
    : pool_(pool), part_{0, file.size()}, hold_(std::move(hold)) {
  reading_ = std::make_shared<Reading>(std::move(file), std::move(hash), part_);
}

ArtifactSource::ArtifactSource(BlockingPool& pool, OpenFile file, Part part)
    : pool_(pool), part_(part), reading_(std::make_shared<Reading>(std::move(file), std::nullopt, part)) {}

Task<Result<std::string>> ArtifactSource::next(std::size_t most) {
  auto read = [reading = reading_, most] { return reading->next(most); };
  auto piece = co_await pool_.run(std::move(read));
  if (!piece) log::error("Cannot send a package to its end.", {{"errorString", piece.error().message()}});
  co_return piece;
}

}  // namespace fescue::cloud
