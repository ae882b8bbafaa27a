import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;

/** The floor's worker in Java: one exchange for each event, on the connection that is its standard input. */
public class FloorWorker {
  static String handler(String event) {
    return event;
  }

  public static void main(String[] words) throws Exception {
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    FileOutputStream out = new FileOutputStream(FileDescriptor.in);
    byte[] data = new byte[8192];
    String request = "GET /work HTTP/1.1\r\nHost: l\r\n\r\n";
    while (true) {
      out.write(request.getBytes(StandardCharsets.UTF_8));
      int size = 0;
      int end = -1;
      int length = 0;
      String text = "";
      while (end < 0 || size < end + 4 + length) {
        int count = in.read(data, size, data.length - size);
        if (count < 0) return;
        size += count;
        text = new String(data, 0, size, StandardCharsets.UTF_8);
        end = text.indexOf("\r\n\r\n");
        if (end < 0) continue;
        int at = text.indexOf("Content-Length: ") + 16;
        length = Integer.parseInt(text.substring(at, text.indexOf('\r', at)));
      }
      String result = handler(text.substring(end + 4));
      request = "POST /work HTTP/1.1\r\nHost: l\r\nContent-Length: " + result.length() + "\r\n\r\n" + result;
    }
  }
}
