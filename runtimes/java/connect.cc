// connect JAVA [ARGUMENTS...], with argv[0] of what is started: connects to the core, hands the connection over as
// standard input and under another number, which FESCUE_CONNECTION says, and becomes JAVA. A JVM that opens a socket
// itself takes half as long again for its start, and before Java 16 it has no Unix sockets.
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>

#include "endpoint.h"

namespace {

bool is_set(const char* name) {
  const char* value = ::getenv(name);
  return value != nullptr && *value != '\0';
}

/// Or the JVM would take names of files and the words of its command line for ASCII; Python and Node.js do not.
void choose_utf8() {
  if (!is_set("LC_ALL") && !is_set("LC_CTYPE") && !is_set("LANG")) ::setenv("LC_CTYPE", "C.UTF-8", 1);
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  const char* path = ::getenv("IPC_SOCK_FILE");
  const char* port = ::getenv("GG_DAEMON_PORT");
  const int number = port != nullptr && *port != '\0' ? ::atoi(port) : 8000;
  const int connection = fescue::open_endpoint(path == nullptr ? "" : path, static_cast<std::uint16_t>(number));
  const int other = connection < 0 ? -1 : ::dup(connection);
  if (other >= 0 && ::dup2(connection, 0) == 0) {
    char text[16];
    std::snprintf(text, sizeof text, "%d", other);
    ::setenv("FESCUE_CONNECTION", text, 1);
  }
  choose_utf8();
  const char* java = words[1];
  words[1] = words[0];
  ::execv(java, words + 1);
  std::perror(java);
  return 127;
}
