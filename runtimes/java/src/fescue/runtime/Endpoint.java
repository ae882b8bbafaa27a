package fescue.runtime;

import java.io.File;
import java.io.IOException;

/**
 * Where the core listens: TCP on loopback, and the worker's own Unix socket, named by IPC_SOCK_FILE. An exchange over the
 * latter costs a third less, but its first use keeps a JVM busy for half as long as all of a start (the JDK prepares a source
 * of secure randomness for it). So a worker begins with TCP, and goes over to the socket when it has answered its first event.
 */
final class Endpoint {
  private static final int MAX_UNIX_PATH = 107;
  private static volatile boolean unixIsUsable;

  private Endpoint() {}

  static Wire open() throws IOException {
    return unixIsUsable ? new UnixWire(System.getenv("IPC_SOCK_FILE")) : new TcpWire();
  }

  /** To the Unix socket; null where there is none, its path is longer than the kernel takes, or before Java 16. */
  static Wire openUnix() {
    String file = System.getenv("IPC_SOCK_FILE");
    if (file == null || file.isEmpty() || file.length() > MAX_UNIX_PATH || !new File(file).exists()) return null;
    try {
      Wire wire = new UnixWire(file);
      unixIsUsable = true;
      return wire;
    } catch (LinkageError | IOException | RuntimeException unusable) {
      return null;
    }
  }
}
