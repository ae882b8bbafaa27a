// For tests: what a container needs of the host, in a directory of its own, and workers that live in one.
#pragma once

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sandbox/launcher/launcher_test_support.h"

namespace fescue {

class ContainerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "containers need root";
    ASSERT_EQ(core.failure(), "");
  }
  ~ContainerTest() override { std::filesystem::remove_all(base); }

  /// Not in /tmp, which containers have of their own.
  static std::string make_base() {
    std::string pattern = "/opt/fescue-container-XXXXXX";
    FESCUE_ASSERT(::mkdtemp(pattern.data()) != nullptr);
    ::chmod(pattern.c_str(), 0755);
    for (const char* name : {"package", "runtimes", "data", "root", "root/certs"}) {
      std::filesystem::create_directory(pattern + "/" + name);
      ::chmod((pattern + "/" + name).c_str(), 0755);
    }
    std::ofstream(pattern + "/package/code") << "the code\n";
    std::ofstream(pattern + "/runtimes/version") << "the runtimes\n";
    std::ofstream(pattern + "/data/value") << "42\n";
    std::ofstream(pattern + "/root/certs/key") << "secret\n";
    return pattern;
  }

  static Fd listen_at(const std::string& path) {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    FESCUE_ASSERT(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    FESCUE_ASSERT(::listen(socket.get(), 8) == 0);
    ::chmod(path.c_str(), 0777);
    const timeval timeout{10, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    return socket;
  }

  static Fd open_path(const std::string& path) { return Fd(::open(path.c_str(), O_PATH | O_CLOEXEC)); }

  /// Runs `script` in a container.
  WorkerSpec inside(LaunchId id, const std::string& script) const {
    auto spec = shell(id, script);
    auto& container = spec.container.emplace();
    container.package = open_path(base + "/package");
    container.runtimes = open_path(base + "/runtimes");
    container.socket = open_path(base + "/socket");
    return spec;
  }

  static HostResource volume(const std::string& source, const std::string& destination,
                             HostResource::Access access = HostResource::Access::read_only) {
    return {.kind = HostResource::Kind::volume,
            .access = access,
            .source = source,
            .destination = destination,
            .mount = {}};
  }
  static HostResource device(const std::string& path, HostResource::Access access = HostResource::Access::read_write) {
    return {.kind = HostResource::Kind::device, .access = access, .source = path, .destination = path, .mount = {}};
  }

  std::string output_of(const std::string& script) { return core.output_of(inside(next_id++, script)); }
  std::string output_with(HostResource resource, const std::string& script) {
    auto spec = inside(next_id++, script);
    spec.container->resources.push_back(std::move(resource));
    return core.output_of(std::move(spec));
  }

  std::string base = make_base();
  Fd listener = listen_at(base + "/socket");
  TestCore core{{.core_uid = 54300, .core_gid = 54301, .protected_directories = {base + "/root"}}};
  LaunchId next_id = 1;
};

}  // namespace fescue
