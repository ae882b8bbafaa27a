package fescue.runtime;

import java.io.ByteArrayInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** The connection that the process was started with, as its standard input (connect.cc). */
final class InheritedWire implements Wire {
  private static boolean taken;

  private final FileInputStream in = new FileInputStream(FileDescriptor.in);
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.in);

  private InheritedWire() {
    System.setIn(new ByteArrayInputStream(new byte[0]));
  }

  /** The first time, where there is one; else null. */
  static synchronized Wire take() {
    if (taken || !"0".equals(System.getenv("FESCUE_CONNECTION"))) return null;
    taken = true;
    return new InheritedWire();
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    return in.read(into, at, length);
  }

  @Override
  public void write(byte[] data, int length) throws IOException {
    out.write(data, 0, length);
  }

  /** The JVM puts /dev/null in its place. */
  @Override
  public void close() throws IOException {
    in.close();
  }
}
