package fescue.runtime;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** To the worker's own Unix socket. JVMs before Java 16 cannot link this class. */
final class UnixWire implements Wire {
  private static final int BUFFER_BYTES = 16 << 10;

  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

  UnixWire(String path) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  @Override
  public int read(byte[] into, int at, int length) throws IOException {
    buffer.clear();
    buffer.limit(Math.min(length, BUFFER_BYTES));
    int count = channel.read(buffer);
    buffer.flip();
    if (count > 0) buffer.get(into, at, count);
    return count;
  }

  @Override
  public void write(byte[] data, int length) throws IOException {
    for (int at = 0; at < length;) {
      buffer.clear();
      int count = Math.min(length - at, BUFFER_BYTES);
      buffer.put(data, at, count).flip();
      while (buffer.hasRemaining()) channel.write(buffer);
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
