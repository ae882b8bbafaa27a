// connect JAVA [ARGUMENTS...], with argv[0] of what is started: connects to the core, hands the connection over as
// standard input, and becomes JAVA. A JVM that opens a socket itself takes half as long again for its start, and before
// Java 16 it has no Unix sockets. FESCUE_CONNECTION=0 says that there is one.
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>

#include "endpoint.h"

int main(int count, char** words) {
  if (count < 2) return 2;
  const char* path = ::getenv("IPC_SOCK_FILE");
  const char* port = ::getenv("GG_DAEMON_PORT");
  const int number = port != nullptr && *port != '\0' ? ::atoi(port) : 8000;
  const int connection = fescue::open_endpoint(path == nullptr ? "" : path, static_cast<std::uint16_t>(number));
  if (connection >= 0 && ::dup2(connection, 0) == 0) ::setenv("FESCUE_CONNECTION", "0", 1);
  const char* java = words[1];
  words[1] = words[0];
  ::execv(java, words + 1);
  std::perror(java);
  return 127;
}
