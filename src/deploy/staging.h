// What a deployment leaves on the disk, below ROOT/ggc/deployment in V1's layout:
//
//   group/group.json        the deployed document as it was signed (0600: environments hold secrets). The only truth:
//                           replacing it, by one atomic rename, is the commit.
//   group/group.json.backup   its copy, written after it: the last good deployment when group.json is damaged or lost
//   group/group.json.damaged  what was in its place then, kept until the next deployment
//   group/<start of a document's SHA-256>.signature   who signed it: the signature in base64 on the first line, then
//   the
//                           certificate. Without it a document is as good as damaged: the core's user could write one.
//   lambda/<function ARN>/  an unpacked package; it has this name only when it is complete and on the disk
//   download/               packages on their way; survives a restart so that a download resumes
//
// A tree that group.json does not name is a leftover, which clean() removes. While a function's directory is
// occupied by another package of the same ARN (deleted and created again), the new one goes to `<ARN>.<start of its
// SHA-256>`.
//
// Calls block; use a BlockingPool. A power cut between any two of them, or within one, leaves the old group or the new.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "deploy/signed_document.h"
#include "engine/ports/group_host.h"
#include "model/arn.h"
#include "model/deployment.h"
#include "model/group.h"
#include "model/limits.h"
#include "sys/storage/file.h"

namespace fescue {

/// Which groups run: those for this core, signed with a key of this CA. By default none.
struct GroupTrust {
  ThingArn core = {};
  std::string ca_pem = {};
};

class Staging {
 public:
  /// `directory` is ROOT/ggc/deployment.
  Staging(FileSystem& files, std::string directory, GroupTrust trust = {})
      : files_(files), directory_(std::move(directory)), trust_(std::move(trust)) {}

  Result<void> prepare();

  /// The deployed document, or its copy when that one is damaged, lost or not as it was signed; nothing when there is
  /// none or it is V1's empty `{}`.
  Result<std::optional<DeploymentDocument>> load();
  /// For the start: puts the copy in the place of a group.json that is damaged or lost. What the owner should know of
  /// that, now or since an earlier start; empty when all is well or nothing can be done.
  std::string mend();

  /// Where the package of a function of the deployed group is.
  std::string code_path(const FunctionConfig& function) const;
  /// All of them.
  StagedGroup staged(std::shared_ptr<const Group> group) const;
  /// Those whose packages are gone from the disk.
  std::vector<FunctionConfig> without_package(const Group& group) const;

  /// Unpacks a package beside and gives it its name. Returns the path.
  Result<std::string> unpack(const FunctionConfig& function, const std::string& zip_path);
  /// Sets the execute bit of an executable's handler in `code`, its unpacked package; nothing for other runtimes.
  Result<void> make_executable(const FunctionConfig& function, const std::string& code) const;

  /// Makes `document` the deployed one. On an error the former one is back.
  Result<void> commit(const SignedDocument& document);
  /// From here on nothing is deployed.
  Result<void> clear();

  /// Removes every tree that neither `deployed` (may be null) nor the group on the disk uses, and half-made ones. When
  /// group.json cannot be read, or is not ours, nothing is removed.
  Result<void> clean(const Group* deployed);

  std::string download_path(const ArtifactHash& artifact) const;
  Result<void> remove_downloads();

 private:
  std::string group_directory() const { return directory_ + "/group"; }
  std::string group_file() const { return group_directory() + "/group.json"; }
  std::string backup_file() const { return group_file() + ".backup"; }
  std::string damaged_file() const { return group_file() + ".damaged"; }
  std::string signature_file(std::string_view document) const;
  Result<std::optional<DeploymentDocument>> load(const std::string& path);
  Result<DeploymentDocument> verified(std::string document) const;
  Result<void> keep_signature(const SignedDocument& document);
  Result<void> replace(std::string_view document);
  std::set<std::string> group_files() const;
  Result<void> set_aside();
  void keep_copy(std::string_view document);
  std::string lambda_directory() const { return directory_ + "/lambda"; }
  std::string download_directory() const { return directory_ + "/download"; }
  std::string plain_path(const FunctionConfig& function) const;
  std::string alternative_path(const FunctionConfig& function) const;

  FileSystem& files_;
  std::string directory_;
  GroupTrust trust_;
};

}  // namespace fescue
