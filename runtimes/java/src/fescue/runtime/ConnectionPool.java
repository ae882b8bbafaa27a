package fescue.runtime;

import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;

/** Connections that serve the whole process: clients are made and forgotten, perhaps for each event. */
public final class ConnectionPool {
  /** For what the core answers at once; more threads wait here. */
  public static final ConnectionPool POSTS = new ConnectionPool(8);
  /** For requests that each wait for a function's result. */
  public static final ConnectionPool WAITS = new ConnectionPool(256);

  private static final int KEPT = 4;

  private final Semaphore free;
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();

  private ConnectionPool(int limit) {
    free = new Semaphore(limit);
  }

  public Answer exchange(byte[] head, byte[] body) throws ConnectionLost {
    free.acquireUninterruptibly();
    try {
      Connection connection = take();
      Answer answer = connection.exchange(head, body); // closed if it throws
      release(connection);
      return answer;
    } finally {
      free.release();
    }
  }

  private synchronized Connection take() {
    Connection connection = idle.pollLast();
    return connection == null ? new Connection(null) : connection;
  }

  private void release(Connection connection) {
    synchronized (this) {
      if (idle.size() < KEPT) {
        idle.addLast(connection);
        return;
      }
    }
    connection.close();
  }
}
