package fescue.runtime;

import java.io.IOException;

/** The core cannot be reached, went away before it had answered in full, or answered what is no HTTP of its own. */
public final class ConnectionLost extends IOException {
  private static final long serialVersionUID = 1;

  ConnectionLost(String message) {
    super(message);
  }
}
