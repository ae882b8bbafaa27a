// Function packages by content: a file named by its SHA-256 in DATA/artifacts, written atomically, owner-only, never
// changed. Equal packages are stored once. Who refers to a package (function versions, deployments) is in the database;
// retain_only() drops the others.
//
// Everything here blocks on the disk: call it through the BlockingPool. Safe on several threads at once.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/limits.h"
#include "sys/storage/file.h"

namespace fescue::cloud {

/// 64 lower-case hexadecimal digits, or invalid_argument.
Result<ArtifactHash> parse_artifact_hash(std::string_view text);

class ArtifactStore {
 public:
  /// `directory` is made (0700) if missing.
  static Result<ArtifactStore> open(FileSystem& files, std::string directory);

  /// Error: too_large above kMaxUnpackedPackageBytes, io.
  Result<ArtifactHash> put(std::string_view zip) const;

  /// The whole package; its hash is checked. Errors: not_found, io (damaged on disk).
  Result<std::string> read(const ArtifactHash& hash) const;

  /// To be read in parts, unchecked: deployments/artifact_source.h.
  Result<OpenFile> open_package(const ArtifactHash& hash) const { return files_->open(path_of(hash)); }

  /// Secret of this process, for links by which a package may be fetched without a signature.
  const std::string& token_key() const { return token_key_; }

  /// Removes every package that `kept` does not name. Only while nothing is being put: at start.
  Result<void> retain_only(const std::set<ArtifactHash>& kept) const;

 private:
  ArtifactStore(FileSystem& files, std::string directory)
      : files_(&files), directory_(std::move(directory)), token_key_(random_bytes(32)) {}
  std::string path_of(const ArtifactHash& hash) const { return directory_ + "/" + hash.str(); }

  FileSystem* files_;
  std::string directory_;
  std::string token_key_;
};

}  // namespace fescue::cloud
