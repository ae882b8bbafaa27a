package fescue.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One keep-alive HTTP/1.1 connection to the core, on the bare socket: the JDK's client costs tens of milliseconds of a
 * start. What is understood is what the core sends: a status line, headers, a body of Content-Length bytes. Anything else
 * ends the connection, never a guess. One exchange at a time, by one thread; it opens itself when needed.
 */
public final class Connection {
  static final int MAX_BODY_BYTES = 256 << 20;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int BUFFER_BYTES = 8 << 10;

  private final byte[] request = new byte[BUFFER_BYTES];
  private byte[] data = new byte[BUFFER_BYTES];
  private Wire wire;
  private boolean begun; // some of the answer has come

  /** wire: an open one to begin with, or null. */
  Connection(Wire wire) {
    this.wire = wire;
  }

  /**
   * Sends the request and waits for its answer. When a connection that had been idle turns out to be closed, the request is
   * sent once more over a new one.
   */
  public Answer exchange(byte[] head, byte[] body) throws ConnectionLost {
    boolean wasInterrupted = Thread.interrupted(); // or a socket of Java 21 and later would close
    try {
      if (wire != null) {
        try {
          return exchangeOnce(head, body);
        } catch (ConnectionLost lost) {
          if (begun) throw lost;
        }
      }
      return exchangeOnce(head, body);
    } finally {
      if (wasInterrupted) Thread.currentThread().interrupt();
    }
  }

  public void close() {
    Wire closed = wire;
    wire = null;
    try {
      if (closed != null) closed.close();
    } catch (IOException ignored) {
      // it is of no more use in any case
    }
  }

  private Answer exchangeOnce(byte[] head, byte[] body) throws ConnectionLost {
    begun = false;
    boolean done = false;
    try {
      if (wire == null) wire = Wire.local();
      send(head, body);
      Answer answer = receive();
      done = !answer.closes;
      return answer;
    } catch (ConnectionLost lost) {
      throw lost;
    } catch (IOException | RuntimeException failure) {
      throw new ConnectionLost("the connection to the core ended: " + Errors.textOf(failure));
    } finally {
      if (!done) close();
    }
  }

  private void send(byte[] head, byte[] body) throws IOException {
    if (head.length + body.length > request.length) {
      wire.write(head, head.length);
      wire.write(body, body.length);
      return;
    }
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    wire.write(request, head.length + body.length);
  }

  private Answer receive() throws IOException {
    int size = 0;
    int end = -1;
    while (end < 0) {
      if (size == data.length) {
        if (size >= MAX_HEAD_BYTES) throw new ConnectionLost("an answer whose head does not end");
        data = Arrays.copyOf(data, size * 2);
      }
      int count = fill(data, size);
      end = endOfHead(data, Math.max(0, size - 3), size + count);
      size += count;
    }
    Answer answer = parseHead(data, end - 4);
    int length = answer.length();
    if (size - end > length) throw new ConnectionLost("bytes follow the body of the answer");
    answer.body = new byte[length];
    System.arraycopy(data, end, answer.body, 0, size - end);
    for (int at = size - end; at < length;) at += fill(answer.body, at);
    return answer;
  }

  /** How many bytes have come, at least one. */
  private int fill(byte[] into, int at) throws IOException {
    int count = wire.read(into, at, into.length - at);
    if (count < 0) throw new ConnectionLost("the connection to the core ended: no answer came");
    begun = true;
    return count;
  }

  /** Behind the blank line; -1 when it has not come. */
  private static int endOfHead(byte[] data, int from, int to) {
    for (int i = from + 3; i < to; ++i) {
      if (data[i] == '\n' && data[i - 1] == '\r' && data[i - 2] == '\n' && data[i - 3] == '\r') return i + 1;
    }
    return -1;
  }

  private static Answer parseHead(byte[] data, int end) throws ConnectionLost {
    String head = new String(data, 0, end, StandardCharsets.ISO_8859_1);
    int lineEnd = head.indexOf("\r\n");
    Answer answer = new Answer();
    parseStatus(answer, lineEnd < 0 ? head : head.substring(0, lineEnd));
    while (lineEnd >= 0) {
      int start = lineEnd + 2;
      lineEnd = head.indexOf("\r\n", start);
      int stop = lineEnd < 0 ? head.length() : lineEnd;
      int colon = head.indexOf(':', start);
      if (colon <= start || colon >= stop) throw new ConnectionLost("a malformed header in the core's answer");
      answer.addHeader(head.substring(start, colon), head.substring(colon + 1, stop).trim());
    }
    return answer;
  }

  private static void parseStatus(Answer answer, String line) throws ConnectionLost {
    boolean sound = line.length() >= 12 && line.startsWith("HTTP/1.") && line.charAt(8) == ' ';
    for (int i = 9; sound && i < 12; ++i) {
      char digit = line.charAt(i);
      sound = digit >= '0' && digit <= '9';
      answer.status = answer.status * 10 + digit - '0';
    }
    if (!sound) throw new ConnectionLost("the core's answer does not begin with an HTTP/1.1 status line");
    if (line.length() > 13) answer.reason = line.substring(13);
  }
}
