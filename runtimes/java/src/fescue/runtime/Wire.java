package fescue.runtime;

import java.io.Closeable;
import java.io.IOException;

/** A connected socket. Blocks; for one thread at a time. */
interface Wire extends Closeable {
  /** How many bytes came, at least one; -1 at the end. */
  int read(byte[] into, int at, int length) throws IOException;

  /** All of them. */
  void write(byte[] data, int length) throws IOException;
}
