// Where things are below a core's ROOT: V1's layout (docs/compatibility/core-files.md#directories). core_setup.cc says
// whose they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fescue {

/// What the system log may hold, in all, where the group has no logger for it.
inline constexpr std::size_t kSystemLogBytes = 10 * 1024 * 1024;

/// In CoreLayout::run(): the socket and the token of the admin server (core/admin/admin_server.h).
inline constexpr std::string_view kAdminSocket = "core.sock";
inline constexpr std::string_view kAdminToken = "ipc-token";

struct CoreLayout {
  std::string root;

  std::string config_file() const { return root + "/config/config.json"; }
  std::string ggc() const { return root + "/ggc"; }
  std::string deployment() const { return ggc() + "/deployment"; }
  std::string code() const { return deployment() + "/lambda"; }
  std::string sockets() const { return ggc() + "/socket"; }
  std::string runtime() const { return ggc() + "/core/runtime"; }
  std::string run() const { return root + "/run"; }  // of the admin server
  std::string state() const { return ggc() + "/var/state"; }
  std::string device_server() const { return state() + "/server"; }  // its authority and certificate
  std::string system_log() const { return ggc() + "/var/log/system/runtime.log"; }
  std::string user_logs() const { return ggc() + "/var/log/user"; }
};

}  // namespace fescue
