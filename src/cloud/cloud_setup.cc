// The steps of set_up_cloud() in their order, the last of which gives up being root.
#include "cloud/cloud_setup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "sys/process/privileges.h"
#include "sys/storage/file.h"
#include "sys/storage/lock_file.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kLogBytes = 10 * 1024 * 1024;

Result<tcp::acceptor> listen(asio::io_context& io, const HostPort& address, std::string_view option) {
  return listen_tcp(io, address.host, address.port, option);
}

Result<Fd> open_for_starter(const std::string& path, mode_t mode) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return errno_error("opening " + path);
  if (::fchmod(file.get(), mode) != 0) return errno_error("chmod of " + path);
  return file;
}

Result<void> make_data_directory(const std::string& path, const std::optional<UserIds>& user) {
  FESCUE_CHECK(real_file_system().make_directories(path, 0700));
  if (user && ::lchown(path.c_str(), user->uid, user->gid) != 0) return errno_error("chown of " + path);
  return ok();
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
  FESCUE_TRY(credentials, open_for_starter(options.run_directory + "/credentials", 0600));
  FESCUE_TRY(ca, open_for_starter(options.run_directory + "/ca.pem", 0644));
  FESCUE_TRY(api, listen(io, options.api, "--api"));
  FESCUE_TRY(iot, listen(io, options.iot, "--iot"));
  FESCUE_TRY(iot_tls, listen(io, options.iot_tls, "--iot-tls"));
  FESCUE_TRY(discovery, listen(io, options.discovery, "--discovery"));
  CloudSetup setup{std::move(api),         std::move(iot), std::move(iot_tls), std::move(discovery),
                   std::move(credentials), std::move(ca),  {0, ::getuid()},    std::move(lock)};
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
