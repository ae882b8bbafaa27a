package fescue.runtime;

import com.amazonaws.greengrass.ipcsdk.DefaultIPCClient;
import com.amazonaws.greengrass.runtime.LambdaRuntime;
import com.amazonaws.services.lambda.runtime.Context;
import fescue.runtime.json.JsonBinder;
import fescue.runtime.json.JsonReader;
import fescue.runtime.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A worker that gets one event from a core in its own process, and ends: run to record the classes that a start needs in an
 * archive for the JVM (tools/archive_java). It listens at GG_DAEMON_PORT on loopback.
 */
public final class Rehearsal implements Runnable {
  private static final String EVENT = "{\"text\": \"\u00e4\", \"numbers\": [1, 2.5, 3000000000], \"none\": null, \"yes\": true}";
  private static final String CONTEXT = "eyJjdXN0b20iOnsic3ViamVjdCI6ImEvYiJ9fQ==";

  private final ServerSocket server;

  private Rehearsal(ServerSocket server) {
    this.server = server;
  }

  public static void main(String[] words) throws IOException {
    int port = Integer.parseInt(System.getenv("GG_DAEMON_PORT"));
    Thread core = new Thread(new Rehearsal(new ServerSocket(port, 5, InetAddress.getByName("127.0.0.1"))));
    core.setDaemon(true);
    core.start();
    LambdaRuntime.main(new String[] {"--handler=" + Rehearsal.class.getName() + "::handle"});
  }

  /** For handlers that take beans. */
  public static final class Reading {
    private String text;
    public Double[] numbers;
    public boolean yes;

    public String getText() {
      return text;
    }

    public void setText(String text) {
      this.text = text;
    }
  }

  /** The handler: what those of all kinds need. */
  public static Object handle(Object event, Context context) throws Exception {
    System.out.println("rehearsing " + Rehearsal.class.getResource("/resource") + Descriptors.connection("0"));
    byte[] json = EVENT.getBytes(StandardCharsets.UTF_8);
    JsonBinder.bind(JsonReader.readExactly(json), Map.class);
    JsonWriter.write(JsonBinder.bind(JsonReader.readExactly(json), Reading.class));
    new DefaultIPCClient().postWork("arn:aws:lambda:::function:GGRouter", "Event", new byte[1], CONTEXT);
    return event;
  }

  /** The core: every request on any connection gets an item, until an outcome is handed in. */
  @Override
  public void run() {
    try {
      while (true) {
        final Socket socket = server.accept();
        Thread thread = new Thread() {
          @Override
          public void run() {
            serve(socket);
          }
        };
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException ended) {
      Log.error("The rehearsal ended: " + ended);
    }
  }

  private static void serve(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] request = new byte[4096];
      byte[] event = EVENT.getBytes(StandardCharsets.UTF_8);
      byte[] head = ("HTTP/1.1 200 OK\r\nX-Amz-InvocationId: rehearsal\r\nX-Amz-Client-Context: " + CONTEXT
          + "\r\nContent-Length: " + event.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
      while (true) {
        int size = in.read(request);
        String text = new String(request, 0, Math.max(size, 0), StandardCharsets.ISO_8859_1);
        if (size < 0 || text.contains(Requests.INVOCATION_ID)) System.exit(size < 0 ? 1 : 0);
        out.write(head);
        out.write(event);
      }
    } catch (IOException failure) {
      System.exit(1);
    }
  }
}
