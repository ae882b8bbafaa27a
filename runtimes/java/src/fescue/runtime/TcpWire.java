package fescue.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;

/** To the local API on loopback, for calls of SDKs and where the first connection was lost. */
final class TcpWire implements Wire {
  private static final int DEFAULT_PORT = 8000;
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  TcpWire() throws IOException {
    String port = System.getenv("GG_DAEMON_PORT");
    boolean isSet = port != null && !port.isEmpty();
    InetAddress loopback = InetAddress.getByAddress(LOOPBACK);
    socket = new Socket(Proxy.NO_PROXY); // or the JVM would read the host's settings of proxies
    socket.connect(new InetSocketAddress(loopback, isSet ? Integer.parseInt(port) : DEFAULT_PORT));
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    return in.read(into, at, length);
  }

  @Override
  public void write(byte[] data, int length) throws IOException {
    out.write(data, 0, length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
