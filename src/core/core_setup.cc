// The steps of set_up_core() in their order, the last of which gives up being root.
#include "core/core_setup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/log.h"
#include "core/launcher_policy.h"
#include "core/layout.h"
#include "core/runtime_files.h"
#include "sandbox/launcher/policy.h"
#include "sys/process/privileges.h"
#include "sys/storage/file.h"
#include "sys/storage/owned_directories.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxConfig = 1024 * 1024;
constexpr std::size_t kMaxPem = 256 * 1024;

/// What the core writes to is its user's. The way there stays root's, and can be passed by everybody: what a user owns
/// it can exchange for a link, and the next start comes by as root.
Result<void> make_directories(const CoreLayout& layout, const std::optional<UserIds>& user) {
  const OwnedDirectory directories[] = {
      {"ggc", 0755, DirectoryOwner::root},
      {"ggc/core", 0755, DirectoryOwner::root},
      {"ggc/var", 0755, DirectoryOwner::root},
      {"ggc/var/log", 0755, DirectoryOwner::root},
      {"ggc/deployment/group", 0700, DirectoryOwner::user},
      {"ggc/deployment/lambda", 0711, DirectoryOwner::user},
      {"ggc/deployment/download", 0700, DirectoryOwner::user},
      {"ggc/deployment", 0755, DirectoryOwner::user},
      {"ggc/socket", 0711, DirectoryOwner::user},
      {"ggc/var/log/system", 0700, DirectoryOwner::user},
      {"ggc/var/log/user", 0700, DirectoryOwner::user},
      {"ggc/var/state", 0711, DirectoryOwner::user},
  };
  return make_owned_directories(layout.root, directories, user);
}

/// It says what is started as root, and whom the core trusts: whoever can write it is the core's owner.
Result<CoreConfig> read_config(const CoreLayout& layout) {
  const auto text = real_file_system().read(layout.config_file(), kMaxConfig);
  if (!text && text.error().code() == Code::not_found) {
    return Error(Code::not_found, fmt::format("there is no core in {}: {} is missing; `fescue up` makes one, or name "
                                              "the directory of one with --root",
                                              layout.root, layout.config_file()));
  }
  if (!text) return text.error();
  FESCUE_CHECK(only_root_can_write(layout.config_file()));
  auto config = parse_core_config(*text, layout.root);
  if (!config) return config.error().in(layout.config_file());
  return config;
}

Result<void> read_identity(CoreSetup& setup) {
  FileSystem& files = real_file_system();
  FESCUE_TRY(certificate, files.read(setup.config.certificate_path, kMaxPem));
  FESCUE_TRY(key, files.read(setup.config.private_key_path, kMaxPem));
  FESCUE_TRY(ca, files.read(setup.config.ca_path, kMaxPem));
  FESCUE_CHECK(only_root_can_write(setup.config.ca_path));  // it says whose groups run
  setup.identity = {certificate, key};
  setup.ca_pem = ca;
  return ok();
}

/// A port that was asked for must be there. Where nobody asked, as on a core that has never had devices, another
/// process may have it, and everything else works without.
Result<void> bind_devices(InheritedListeners& inherited, const CoreOptions& options, CoreSetup& setup) {
  const HostPort address = options.devices.value_or(setup.config.devices);
  auto listeners = inherited.find_or_bind("devices", address.host, address.port, "--devices");
  if (listeners) {
    setup.devices = std::move(*listeners);
    return ok();
  }
  if (options.devices) return listeners.error();
  setup.why_no_devices = listeners.error().message();
  log::warn("Devices cannot connect.", {{"errorString", setup.why_no_devices}});
  return ok();
}

}  // namespace

Result<CoreSetup> set_up_core(asio::io_context& io, const CoreOptions& options) {
  CoreSetup setup{.layout = {options.root},
                  .config = {},
                  .identity = {},
                  .ca_pem = {},
                  .policy = {},
                  .launcher = {},
                  .ipc = {},
                  .devices = {},
                  .why_no_devices = {},
                  .owner = {}};
  ::umask(0022);
  FESCUE_TRY(inherited, InheritedListeners::take(io));  // first: the launcher is started without them
  FESCUE_TRY(config, read_config(setup.layout));
  setup.config = std::move(config);
  FESCUE_CHECK(read_identity(setup));

  std::optional<UserIds> user;  // absent: everything stays the caller's
  if (::getuid() == 0) {
    FESCUE_TRY(found, find_user("fescue"));
    user = found;
  }
  FESCUE_TRY(owner, make_admin_keys(io, setup.layout.run()));  // first: it fails if a core runs here
  setup.owner = std::move(owner);
  FESCUE_CHECK(make_directories(setup.layout, user));
  FESCUE_TRY(installation, find_installation(options.runtimes_directory));
  FESCUE_CHECK(install_runtimes(installation, setup.layout.runtime()));

  FESCUE_TRY(policy, launcher_policy(setup.config, options.root, options.hidden, user));
  setup.policy = std::move(policy);
  FESCUE_TRY(launcher, spawn_launcher(setup.policy));
  setup.launcher = std::move(launcher);
  const HostPort ipc = options.ipc.value_or(HostPort{"127.0.0.1", setup.config.daemon_port});
  FESCUE_TRY(listeners, inherited.find_or_bind("ipc", ipc.host, ipc.port, "--ipc"));
  setup.ipc = std::move(listeners);
  FESCUE_CHECK(bind_devices(inherited, options, setup));
  FESCUE_CHECK(inherited.check_all_used());
  if (user) FESCUE_CHECK(drop_privileges(*user));
  FESCUE_CHECK(log::to_file(setup.layout.system_log(), kSystemLogBytes));
  return setup;
}

}  // namespace fescue
