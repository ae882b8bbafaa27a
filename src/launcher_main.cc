// fescue-launcher: started by `fescue core` with its socket as descriptor 3 and its policy as arguments; of no use to
// anybody else. See sandbox/launcher/launcher.h.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "sandbox/launcher/launcher.h"
#include "sandbox/process/descriptors.h"

namespace {

constexpr int kCoreSocket = 3;
constexpr int kUsage = 64;

bool is_channel(int number) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int fail(int status, const std::string& text) {
  std::fprintf(stderr, "fescue-launcher: %s\n", text.c_str());
  return status;
}

}  // namespace

int main(int count, char** arguments) {
  using namespace fescue;
  const auto policy = parse_policy({arguments + 1, static_cast<std::size_t>(count - 1)});
  if (!policy) return fail(kUsage, policy.error().message());
  if (!is_channel(kCoreSocket)) return fail(kUsage, "this program is started by `fescue core`");
  if (auto closed = close_from(kCoreSocket + 1); !closed) return fail(1, closed.error().message());
  ::umask(0077);

  Launcher launcher(Fd(kCoreSocket), *policy);
  const auto ran = launcher.run();
  return ran ? 0 : fail(1, ran.error().message());
}
