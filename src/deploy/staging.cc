// The file operations behind a deployment: unpacking, the commit by rename, and the removal of leftovers.
#include "deploy/staging.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/random.h"
#include "base/text/paths.h"
#include "deploy/verify_document.h"
#include "sys/storage/archive.h"

namespace fescue {

namespace {

constexpr mode_t kPublicDirectory = 0755;
constexpr mode_t kPassableDirectory = 0711;  // functions of other users reach their code
constexpr mode_t kPrivateDirectory = 0700;
constexpr mode_t kGroupFileMode = 0600;
constexpr mode_t kExecutableMode = 0755;
constexpr std::size_t kHashInName = 16;
constexpr std::size_t kMaxSignatureFile = 64 * 1024;

/// A whole file to read, without a copy in memory.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    if (!file) return errno_error(path);
    struct stat status;
    if (::fstat(file.get(), &status) != 0) return errno_error(path);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return Error(Code::invalid_argument, path + ": the package is empty");
    void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (bytes == MAP_FAILED) return errno_error(path);
    return MappedFile(bytes, size);
  }
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)), size_(other.size_) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (bytes_ != nullptr) ::munmap(bytes_, size_);
  }
  std::string_view view() const { return {static_cast<const char*>(bytes_), size_}; }

 private:
  MappedFile(void* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
  void* bytes_;
  std::size_t size_;
};

std::string name_in(const std::string& path) { return std::filesystem::path(path).filename().string(); }

/// V1's, before the first deployment.
bool is_blank_group(std::string_view json) {
  std::string text(json);
  std::erase_if(text, [](unsigned char c) { return std::isspace(c) != 0; });
  return text == "{}";
}

/// The content is at fault, or what stands there is no file; not the disk, nor its permissions.
bool is_damage(const Error& error) { return error.code() == Code::invalid_argument || error.code() == Code::too_large; }

/// Keeps the first of several errors, so that one failure does not stop the rest of a clean-up.
void keep_first(Result<void>& first, Result<void> next) {
  if (first && !next) first = std::move(next);
}

}  // namespace

Result<void> Staging::prepare() {
  FESCUE_CHECK(files_.make_directories(directory_, kPublicDirectory));
  FESCUE_CHECK(files_.make_directories(group_directory(), kPrivateDirectory));
  FESCUE_CHECK(files_.make_directories(lambda_directory(), kPassableDirectory));
  return files_.make_directories(download_directory(), kPrivateDirectory);
}

Result<std::optional<DeploymentDocument>> Staging::load(const std::string& path) {
  FESCUE_TRY(json, files_.read(path, kMaxDocumentBytes));
  if (is_blank_group(json)) return std::optional<DeploymentDocument>();
  if (json.find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error(Code::invalid_argument, path + ": is empty");
  }
  auto document = verified(std::move(json));
  if (!document) return document.error().in(path);
  return std::optional(std::move(*document));
}

std::string Staging::signature_file(std::string_view document) const {
  return group_directory() + "/" + sha256_hex(document).substr(0, kHashInName) + ".signature";
}

/// What is wrong with it is damage, however it came about.
Result<DeploymentDocument> Staging::verified(std::string document) const {
  const auto kept = files_.read(signature_file(document), kMaxSignatureFile);
  if (!kept && kept.error().code() != Code::not_found) return kept.error();
  if (!kept) return Error(Code::invalid_argument, "is not as it was deployed: there is no signature for what is in it");
  const std::size_t line_end = std::min(kept->find('\n'), kept->size() - 1);
  const auto signature = base64_decode(std::string_view(*kept).substr(0, line_end));
  if (!signature) return Error(Code::invalid_argument, "its signature cannot be read");
  auto trusted =
      verify_kept_document({std::move(document), *signature, kept->substr(line_end + 1)}, trust_.core, trust_.ca_pem);
  if (!trusted) return Error(Code::invalid_argument, trusted.error().message());
  return trusted;
}

Result<void> Staging::keep_signature(const SignedDocument& document) {
  return files_.write_atomically(signature_file(document.json),
                                 base64_encode(document.signature) + "\n" + document.certificate_pem, kGroupFileMode);
}

Result<std::optional<DeploymentDocument>> Staging::load() {
  auto document = load(group_file());
  if (document) return document;
  auto backup = load(backup_file());
  if (backup) return backup;
  const bool is_lost = document.error().code() == Code::not_found;
  if (is_lost && backup.error().code() == Code::not_found) return std::optional<DeploymentDocument>();
  return is_lost ? backup : document;
}

std::string Staging::mend() {
  const auto document = load(group_file());
  const auto backup = load(backup_file());
  if (document || !backup || !*backup) {
    if (!files_.exists(damaged_file())) return {};
    return fmt::format("group.json was damaged, and the last good deployment took its place; {} is what it was",
                       damaged_file());
  }
  std::string remark = fmt::format("{}; the last good deployment, {}, runs instead, from {}",
                                   document.error().message(), (*backup)->deployment.view(), backup_file());
  const auto put_back = [&]() -> Result<void> {
    if (is_damage(document.error())) FESCUE_CHECK(set_aside());
    FESCUE_TRY(json, files_.read(backup_file(), kMaxDocumentBytes));
    return files_.write_atomically(group_file(), json, kGroupFileMode);
  };
  if (auto done = put_back(); !done) remark += "; it could not be put back: " + done.error().message();
  return remark;
}

Result<void> Staging::set_aside() {
  FESCUE_CHECK(files_.remove_tree(damaged_file()));
  return files_.rename(group_file(), damaged_file());
}

std::string Staging::plain_path(const FunctionConfig& function) const {
  return lambda_directory() + "/" + function.arn.str();
}

std::string Staging::alternative_path(const FunctionConfig& function) const {
  return plain_path(function) + "." + function.artifact.str().substr(0, kHashInName);
}

std::string Staging::code_path(const FunctionConfig& function) const {
  std::string alternative = alternative_path(function);
  return files_.exists(alternative) ? alternative : plain_path(function);
}

StagedGroup Staging::staged(std::shared_ptr<const Group> group) const {
  StagedGroup staged;
  for (const FunctionConfig& function : group->functions) staged.code.emplace(function.arn, code_path(function));
  staged.group = std::move(group);
  return staged;
}

std::vector<FunctionConfig> Staging::without_package(const Group& group) const {
  std::vector<FunctionConfig> out;
  for (const FunctionConfig& function : group.functions) {
    if (!files_.exists(code_path(function))) out.push_back(function);
  }
  return out;
}

Result<std::string> Staging::unpack(const FunctionConfig& function, const std::string& zip_path) {
  const std::string target = files_.exists(plain_path(function)) ? alternative_path(function) : plain_path(function);
  const std::string beside = lambda_directory() + "/.unpacking-" + random_alphanumeric(12);
  FESCUE_CHECK(files_.make_directories(beside, kPrivateDirectory));  // until its functions are known
  FESCUE_TRY(zip, MappedFile::open(zip_path));
  if (auto unpacked = unpack_zip(zip.view(), beside, {.unpacked_bytes = kMaxUnpackedPackageBytes}); !unpacked) {
    return unpacked.error().in(fmt::format("unpacking {}", function.arn.str()));
  }
  FESCUE_CHECK(files_.remove_tree(target));  // a leftover of the same name
  FESCUE_CHECK(files_.rename(beside, target));
  return target;
}

Result<void> Staging::make_executable(const FunctionConfig& function, const std::string& code) const {
  if (function.runtime != kExecutableRuntime) return ok();
  if (!is_file_name(function.handler)) {
    return Error(Code::invalid_argument,
                 fmt::format("{}: the handler of an executable must name a file at the top of its package, not \"{}\"",
                             function.arn.str(), function.handler));
  }
  const std::string path = code + "/" + function.handler;
  if (::chmod(path.c_str(), kExecutableMode) != 0) return errno_error("chmod " + path);
  return ok();
}

Result<void> Staging::commit(const SignedDocument& document) {
  FESCUE_CHECK(keep_signature(document));  // first: that of the former stays until clean()
  return replace(document.json);
}

Result<void> Staging::replace(std::string_view document) {
  auto former = files_.read(group_file(), kMaxDocumentBytes);
  if (!former && is_damage(former.error())) {
    FESCUE_CHECK(set_aside());
    former = files_.read(group_file(), kMaxDocumentBytes);
  }
  if (!former && former.error().code() != Code::not_found) return former.error();
  const auto written = files_.write_atomically(group_file(), document, kGroupFileMode);
  if (written) {
    keep_copy(document);
    return ok();
  }
  // The new document may be there all the same, when only the last fsync failed.
  const auto present = files_.read(group_file(), kMaxDocumentBytes);
  if (former && present && *present == *former) return written.error();
  const auto undone =
      former ? files_.write_atomically(group_file(), *former, kGroupFileMode) : files_.remove_tree(group_file());
  if (!undone) log::error("The former group.json may be lost.", {{"errorString", undone.error().message()}});
  return written.error();
}

/// After the commit, which stands whatever becomes of this.
void Staging::keep_copy(std::string_view document) {
  Result<void> kept = files_.write_atomically(backup_file(), document, kGroupFileMode);
  keep_first(kept, files_.remove_tree(damaged_file()));
  if (!kept) log::warn("Could not keep a copy of group.json.", {{"errorString", kept.error().message()}});
}

/// The copy goes first: alone it would be taken for the deployed group.
Result<void> Staging::clear() {
  FESCUE_CHECK(files_.remove_tree(backup_file()));
  FESCUE_CHECK(files_.remove_tree(group_file()));
  return files_.remove_tree(damaged_file());
}

Result<void> Staging::clean(const Group* deployed) {
  FESCUE_TRY(on_disk, load());
  std::set<std::string> used;
  const auto use = [&](const Group& group) {
    for (const FunctionConfig& function : group.functions) used.insert(name_in(code_path(function)));
  };
  if (deployed != nullptr) use(*deployed);
  if (on_disk) use(on_disk->group);
  Result<void> outcome = ok();
  FESCUE_TRY(trees, files_.list(lambda_directory()));
  for (const std::string& name : trees) {
    if (!used.contains(name)) keep_first(outcome, files_.remove_tree(lambda_directory() + "/" + name));
  }
  const std::set<std::string> stay = group_files();
  FESCUE_TRY(names, files_.list(group_directory()));
  for (const std::string& name : names) {
    const std::string path = group_directory() + "/" + name;
    if (!stay.contains(path)) keep_first(outcome, files_.remove_tree(path));
  }
  return outcome;
}

/// The paths of those that mean something.
std::set<std::string> Staging::group_files() const {
  std::set<std::string> out{group_file(), backup_file(), damaged_file()};
  for (const std::string& path : {group_file(), backup_file()}) {
    if (const auto document = files_.read(path, kMaxDocumentBytes)) out.insert(signature_file(*document));
  }
  return out;
}

std::string Staging::download_path(const ArtifactHash& artifact) const {
  return download_directory() + "/" + artifact.str() + ".zip";
}

Result<void> Staging::remove_downloads() { return files_.remove_tree(download_directory()); }

}  // namespace fescue
