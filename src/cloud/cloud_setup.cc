// The steps of set_up_cloud() in their order, the last of which gives up being root.
#include "cloud/cloud_setup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <span>

#include "base/log.h"
#include "cloud/model/access_key.h"
#include "sys/process/privileges.h"
#include "sys/storage/file.h"
#include "sys/storage/lock_file.h"
#include "sys/storage/owned_directories.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxCredentials = 4096;
constexpr std::size_t kLogBytes = 10 * 1024 * 1024;

Result<Listeners> listen(InheritedListeners& inherited, const HostPort& address, const std::string& name) {
  return inherited.find_or_bind(name, address.host, address.port, "--" + name);
}

Result<Fd> open_for_starter(const std::string& path, mode_t mode) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, mode));
  struct stat found;
  if (!file || ::fstat(file.get(), &found) != 0) return errno_error("opening " + path);
  if (!S_ISREG(found.st_mode)) return Error(Code::invalid_argument, path + ": is not a regular file; remove it");
  if (::fchmod(file.get(), mode) != 0) return errno_error("chmod of " + path);
  return file;
}

/// The file's key; a new one when there is no such file, or no key in it. Written while this process is still its
/// starter.
Result<AccessKey> keep_owner_key(const std::string& path) {
  FileSystem& files = real_file_system();
  const auto text = files.read(path, kMaxCredentials);
  if (!text && text.error().code() != Code::not_found) return text.error();
  if (auto kept = text ? parse_credentials_file(*text) : Result<AccessKey>(text.error())) {
    FESCUE_TRY(file, open_for_starter(path, 0600));  // whatever mode it has come to
    return kept;
  }
  AccessKey key = random_access_key();
  FESCUE_TRY(written, to_credentials_file(key));
  FESCUE_CHECK(files.write_atomically(path, written, 0600));
  return key;
}

Result<void> make_data_directory(const std::string& path, const std::optional<UserIds>& user) {
  std::filesystem::path directory = std::filesystem::absolute(path).lexically_normal();
  if (!directory.has_filename()) directory = directory.parent_path();  // it was given with a slash at its end
  const std::string parent = directory.parent_path();
  FESCUE_CHECK(real_file_system().make_directories(parent, 0755));
  const OwnedDirectory data{directory.filename(), 0700, DirectoryOwner::user};
  return make_owned_directories(parent, std::span(&data, 1), user);
}

Result<Fd> claim(const std::string& directory) {
  auto lock = lock_file(directory + "/cloud.lock");
  if (lock || lock.error().code() != Code::conflict) return lock;
  return Error(Code::conflict,
               "another `fescue cloud` works in " + directory + "; stop it, or choose another with --data");
}

}  // namespace

Result<CloudSetup> set_up_cloud(asio::io_context& io, const CloudOptions& options) {
  ::umask(0022);
  std::optional<UserIds> user;  // absent: everything stays the caller's
  if (::getuid() == 0) {
    FESCUE_TRY(found, find_user("fescue-cloud"));
    user = found;
  }
  FESCUE_CHECK(make_data_directory(options.data_directory, user));
  FESCUE_TRY(lock, claim(options.data_directory));
  FESCUE_CHECK(real_file_system().make_directories(options.run_directory, 0755));
  FESCUE_TRY(owner_key, keep_owner_key(options.run_directory + "/credentials"));
  FESCUE_TRY(ca, open_for_starter(options.run_directory + "/ca.pem", 0644));
  FESCUE_TRY(inherited, InheritedListeners::take(io));
  FESCUE_TRY(api, listen(inherited, options.api, "api"));
  FESCUE_TRY(iot, listen(inherited, options.iot, "iot"));
  FESCUE_TRY(iot_tls, listen(inherited, options.iot_tls, "iot-tls"));
  FESCUE_TRY(discovery, listen(inherited, options.discovery, "discovery"));
  FESCUE_CHECK(inherited.check_all_used());
  FESCUE_TRY(packages, open_packages(options.packages, options.region.str()));
  CloudSetup setup{.api = std::move(api),
                   .iot = std::move(iot),
                   .iot_tls = std::move(iot_tls),
                   .discovery = std::move(discovery),
                   .owner_key = std::move(owner_key),
                   .ca = std::move(ca),
                   .owner_ids = {0, ::getuid()},
                   .data_lock = std::move(lock),
                   .packages = std::move(packages)};
  if (user) FESCUE_CHECK(drop_privileges(*user));
  FESCUE_CHECK(log::to_file(options.data_directory + "/cloud.log", kLogBytes));
  return setup;
}

Result<void> fill(const Fd& file, std::string_view bytes) {
  if (::ftruncate(file.get(), 0) != 0) return errno_error("truncating");
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::pwrite(file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (written < 0 && errno != EINTR) return errno_error("writing");
    if (written > 0) done += static_cast<std::size_t>(written);
  }
  if (::fsync(file.get()) != 0) return errno_error("fsync");
  return ok();
}

}  // namespace fescue::cloud
