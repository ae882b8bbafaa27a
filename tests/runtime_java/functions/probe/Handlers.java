package probe;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Handlers of every form, one nested class for each test that needs its own. */
public final class Handlers {
  private Handlers() {}

  static byte[] all(InputStream in) throws IOException {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    byte[] block = new byte[8192];
    for (int count = in.read(block); count >= 0; count = in.read(block)) bytes.write(block, 0, count);
    return bytes.toByteArray();
  }

  public static class Echo {
    public Object handleRequest(Object event, Context context) {
      return event;
    }
  }

  /** Echoes, and tells of which classes the event is made. */
  public static class Classes {
    public Map<String, Object> handle(Object event) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("class", event == null ? null : event.getClass().getSimpleName());
      out.put("elements", new java.util.ArrayList<String>());
      if (event instanceof List) {
        for (Object each : (List<?>) event) {
          @SuppressWarnings("unchecked")
          List<String> names = (List<String>) out.get("elements");
          names.add(each == null ? "null" : each.getClass().getSimpleName());
        }
      }
      out.put("event", event);
      return out;
    }
  }

  public static class Forms {
    public String nothing() {
      return "nothing";
    }

    public String event(Map<String, Object> event) {
      return "event " + event;
    }

    public String context(Context context) {
      return "context " + context.getFunctionName();
    }

    public String both(String event, Context context) {
      return "both " + event + " " + context.getFunctionVersion();
    }

    public static Integer increment(int event) {
      return event + 1;
    }

    public void none(Object event) {}

    // Overloads: the most parameters, then the context last.
    public String many() {
      return "none";
    }

    public String many(Object event) {
      return "event";
    }

    public String many(Context context) {
      return "context";
    }

    public String many(Object event, Context context) {
      return "both";
    }

    public String many(Object event, Object other, Context context) {
      return "no handler";
    }

    public String tie(Object event) {
      return "event";
    }

    public String tie(Context context) {
      return "context";
    }

    public String special(Object event) {
      return "object";
    }

    public String special(List<Object> event) {
      return "list";
    }

    String hidden(Object event) {
      return "hidden";
    }
  }

  public static class Pojo implements RequestHandler<Beans.Reading, Beans.Reading> {
    @Override
    public Beans.Reading handleRequest(Beans.Reading input, Context context) {
      input.setValue(input.getValue() * 2);
      return input;
    }
  }

  public abstract static class Base<I> implements RequestHandler<List<I>, Object> {
    @Override
    public Object handleRequest(List<I> input, Context context) {
      return Arrays.asList(input.size(), input.get(0).getClass().getSimpleName());
    }
  }

  public static class Derived extends Base<Beans.Reading> {}

  public static class Stream implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context) throws IOException {
      output.write(all(input));
      output.write(String.valueOf(context.getClientContext().getCustom().get("subject")).getBytes("UTF-8"));
    }
  }

  public static class Streams {
    public void three(InputStream in, OutputStream out, Context context) throws IOException {
      out.write(all(in));
    }

    public void three(InputStream in, OutputStream out) throws IOException {
      out.write("two".getBytes("UTF-8"));
    }

    public void inOut(InputStream in, OutputStream out) throws IOException {
      out.write(all(in));
      out.write(all(in));
    }

    public void out(OutputStream out) throws IOException {
      out.write(7);
    }

    public void outContext(OutputStream out, Context context) throws IOException {
      out.write(context.getFunctionName().getBytes("UTF-8"));
    }

    public void in(InputStream in) throws IOException {
      System.out.println("read " + all(in).length);
    }

    public void in(InputStream in, Context context) throws IOException {
      System.out.println(context.getFunctionName() + " read " + all(in).length);
    }

    public Object json(Object event) {
      return event;
    }
  }

  public static class Describe {
    public Map<String, Object> handleRequest(Object event, Context context) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("arn", context.getInvokedFunctionArn());
      out.put("name", context.getFunctionName());
      out.put("version", context.getFunctionVersion());
      out.put("id", context.getAwsRequestId());
      out.put("custom", context.getClientContext().getCustom());
      out.put("env", context.getClientContext().getEnvironment());
      out.put("client", context.getClientContext().getClient());
      out.put("group", context.getLogGroupName());
      out.put("identity", context.getIdentity());
      out.put("remaining", context.getRemainingTimeInMillis());
      return out;
    }
  }

  public static class Count {
    private static int ofClass;
    private int ofInstance;

    public Count() {
      System.out.println("constructed");
    }

    public int[] handleRequest() {
      return new int[] {++ofClass, ++ofInstance};
    }
  }

  public static class Failing {
    public Object handle(String how) throws Exception {
      switch (how) {
        case "runtime":
          throw new IllegalStateException("two\nlines \u00e4");
        case "checked":
          throw new IOException("outer", new RuntimeException("inner"));
        case "silent":
          throw new NullPointerException();
        case "error":
          throw new AssertionError("an error");
        case "overflow":
          return handle("overflow");
        case "memory":
          return new long[Integer.MAX_VALUE / 16];
        case "cyclic":
          Map<String, Object> map = new HashMap<>();
          map.put("self", map);
          return map;
        case "odd":
          throw new RuntimeException() {
            @Override
            public String getMessage() {
              throw new IllegalStateException("broken");
            }
          };
        case "opaque":
          throw new RuntimeException("opaque") {
            @Override
            public Throwable getCause() {
              throw new IllegalStateException("broken");
            }

            @Override
            public StackTraceElement[] getStackTrace() {
              return null;
            }
          };
        case "interrupt":
          Thread.currentThread().interrupt();
          return "interrupted";
        case "interrupted":
          return Thread.currentThread().isInterrupted();
        default:
          return "fine";
      }
    }
  }

  public static class Ends {
    public Object handle(int status) {
      System.exit(status);
      return null;
    }

    public void wait(Object event) throws Exception {
      System.out.println("begun");
      Thread.sleep(3600_000);
    }

    public Object hook(Object event) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("cleaned up")));
      return 1;
    }

    /** Leaves a thread that never ends. */
    public Object busy(Object event) {
      new Thread(() -> {
        synchronized (Ends.class) {
          try {
            Ends.class.wait();
          } catch (InterruptedException early) {
            // ends
          }
        }
      }).start();
      return "left";
    }

    public Object thread(Object event) throws Exception {
      Thread thread = new Thread(() -> {
        throw new IllegalStateException("loose");
      });
      thread.start();
      thread.join();
      return "alive";
    }
  }

  /** Waits for the fifo "go" in the working directory to be opened. */
  public static class Gate {
    public Object handle(Map<String, Object> event) throws Exception {
      System.out.println("begun");
      new FileOutputStream(String.valueOf(event.get("gate"))).close();
      return event.get("answer");
    }
  }

  public static class BrokenClass {
    static {
      if (true) throw new IllegalStateException("no good");
    }

    public void handleRequest() {}
  }

  public static class BrokenConstructor {
    public BrokenConstructor() throws IOException {
      throw new IOException("no disk");
    }

    public void handleRequest() {}
  }

  public static class NeedsMissing {
    private final Missing missing = new Missing();

    public void handleRequest() {}
  }

  /** Its class file is taken out of the package. */
  public static class Missing {}

  public static class NoConstructor {
    public NoConstructor(int number) {}

    public void handleRequest() {}
  }

  public abstract static class Abstract {
    public void handleRequest() {}
  }

  static class NotPublic {
    public String handleRequest() {
      return "not public";
    }
  }

  public static class Environment {
    public Map<String, Object> handleRequest() throws Exception {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("charset", java.nio.charset.Charset.defaultCharset().name());
      out.put("directory", new java.io.File("").getAbsolutePath());
      out.put("loader", Thread.currentThread().getContextClassLoader() == Handlers.class.getClassLoader());
      java.net.URL resource = Handlers.class.getResource("/settings.txt");
      out.put("resource", resource == null ? null : new String(all(resource.openStream()), "UTF-8"));
      return out;
    }
  }
}
