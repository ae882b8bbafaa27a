package fescue.runtime;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;

/** A connected socket. Blocks; for one thread at a time. */
final class Wire implements Closeable {
  private static final int DEFAULT_PORT = 8000;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final InputStream in;
  private final OutputStream out;
  private final Closeable end;

  private Wire(InputStream in, OutputStream out, Closeable end) {
    this.in = in;
    this.out = out;
    this.end = end;
  }

  /** The connection to the core that the process was started with; null if there is none. For one caller alone. */
  static Wire inherited() {
    String number = System.getenv("FESCUE_CONNECTION");
    if (number == null) return null;
    System.setIn(new ByteArrayInputStream(new byte[0]));
    FileDescriptor descriptor = Descriptors.connection(number);
    FileInputStream in = new FileInputStream(descriptor);
    return new Wire(in, new FileOutputStream(descriptor), in);
  }

  /** The local API on loopback, for calls of SDKs and where the first connection was lost. */
  static Wire local() throws IOException {
    String port = System.getenv("GG_DAEMON_PORT");
    boolean isSet = port != null && !port.isEmpty();
    Socket socket = new Socket(Proxy.NO_PROXY); // or the JVM would read the host's settings of proxies
    InetAddress loopback = InetAddress.getByAddress(LOOPBACK);
    socket.connect(new InetSocketAddress(loopback, isSet ? Integer.parseInt(port) : DEFAULT_PORT));
    socket.setTcpNoDelay(true);
    return new Wire(socket.getInputStream(), socket.getOutputStream(), socket);
  }

  /** How many bytes came, at least one; -1 at the end. */
  int read(byte[] into, int at, int length) throws IOException {
    return in.read(into, at, length);
  }

  /** All of them. */
  void write(byte[] data, int length) throws IOException {
    out.write(data, 0, length);
  }

  @Override
  public void close() throws IOException {
    end.close();
  }
}
