// Files by hash: written beside and renamed, and the removal of those that nothing refers to.
#include "cloud/store/artifact_store.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace fescue::cloud {

namespace {

ArtifactHash hash_of(std::string_view zip) { return ArtifactHash(sha256_hex(zip)); }

}  // namespace

Result<ArtifactHash> parse_artifact_hash(std::string_view text) {
  if (is_sha256_hex(text)) return ArtifactHash(std::string(text));
  return Error(Code::invalid_argument, "a package is named by 64 lower-case hexadecimal digits");
}

Result<ArtifactStore> ArtifactStore::open(FileSystem& files, std::string directory) {
  FESCUE_CHECK(files.make_directories(directory, 0700));
  return ArtifactStore(files, std::move(directory));
}

Result<ArtifactHash> ArtifactStore::put(std::string_view zip) const {
  if (zip.size() > kMaxUnpackedPackageBytes) {
    return Error(Code::too_large,
                 fmt::format("the package has {} bytes; at most {} are allowed", zip.size(), kMaxUnpackedPackageBytes));
  }
  const ArtifactHash hash = hash_of(zip);
  if (files_->exists(path_of(hash)) && read(hash)) return hash;  // a damaged file is written anew
  FESCUE_CHECK(files_->write_atomically(path_of(hash), zip, 0600));
  return hash;
}

Result<std::string> ArtifactStore::read(const ArtifactHash& hash) const {
  FESCUE_TRY(zip, files_->read(path_of(hash), kMaxUnpackedPackageBytes));
  if (hash_of(zip) != hash) return Error(Code::io, fmt::format("package {} is damaged on disk", hash.str()));
  return zip;
}

Result<void> ArtifactStore::retain_only(const std::set<ArtifactHash>& kept) const {
  FESCUE_TRY(names, files_->list(directory_));
  for (const std::string& name : names) {
    if (!kept.contains(ArtifactHash(name))) FESCUE_CHECK(files_->remove_tree(directory_ + "/" + name));
  }
  return ok();
}

}  // namespace fescue::cloud
