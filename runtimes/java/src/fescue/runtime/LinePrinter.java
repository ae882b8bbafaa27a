package fescue.runtime;

import java.io.OutputStream;
import java.util.Arrays;

/** Records whole lines of what is printed; the rest waits for its newline or the end of the invocation. */
final class LinePrinter extends OutputStream {
  private static final int LONGEST = 256 << 10; // more is recorded as it is

  private final int level;
  private byte[] waiting = new byte[256];
  private int size;

  LinePrinter(int level) {
    this.level = level;
  }

  @Override
  public synchronized void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] data, int from, int length) {
    if (size + length > waiting.length) waiting = Arrays.copyOf(waiting, Math.max(size + length, waiting.length * 2));
    System.arraycopy(data, from, waiting, size, length);
    int begin = size;
    size += length;
    int end = size;
    while (end > begin && waiting[end - 1] != '\n') --end;
    if (end > begin) take(end);
    if (size > LONGEST) endLine();
  }

  synchronized void endLine() {
    if (size == 0) return;
    write(new byte[] {'\n'}, 0, 1);
  }

  /** Writes the first `count` bytes, which end with a newline. */
  private void take(int count) {
    Log.write(level, waiting, count);
    size -= count;
    System.arraycopy(waiting, count, waiting, 0, size);
    if (size == 0 && waiting.length > LONGEST) waiting = new byte[256];
  }
}
