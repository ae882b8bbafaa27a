// ArtifactSource: the body of an answer that gives a package: read from its file, opened once, in pieces on the pool,
// as the peer takes them. A whole package is hashed on its way: of one that is damaged on disk the last piece is never
// sent. Whoever asks for parts checks the hash of what they make.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/ids.h"
#include "sys/http/body_source.h"
#include "sys/loop/blocking_pool.h"
#include "sys/storage/file.h"

namespace fescue::cloud {

class ArtifactSource final : public HttpBodySource {
 public:
  struct Part {
    std::uint64_t first = 0, count = 0;  // within the file
  };

  /// All of it. `hold` is let go with the source.
  ArtifactSource(BlockingPool& pool, OpenFile file, ArtifactHash hash, std::shared_ptr<const void> hold = nullptr);
  ArtifactSource(BlockingPool& pool, OpenFile file, Part part);

  std::uint64_t size() const override { return part_.count; }
  Task<Result<std::string>> next(std::size_t most) override;

 private:
  struct Reading;

  BlockingPool& pool_;
  Part part_;
  std::shared_ptr<Reading> reading_;  // shared with what the pool does
  std::shared_ptr<const void> hold_;
};

}  // namespace fescue::cloud
