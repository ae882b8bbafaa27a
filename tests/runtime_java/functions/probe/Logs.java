package probe;

import com.amazonaws.greengrass.common.GreengrassLogger;
import com.amazonaws.greengrass.common.LogLevel;
import com.amazonaws.services.lambda.runtime.Context;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Prints and logs in every way. */
public final class Logs {
  private static final String LONG = new String(new char[200_000]).replace('\0', 'x');

  public void print(Object event) {
    System.out.println("out \u00e4\u20ac");
    System.err.println("err");
    System.out.print("two ");
    System.out.println("parts");
    System.out.print("first\nsecond\nlast without an end");
    System.out.println();
    System.out.printf("%d of %s%n", 1, "format");
    System.out.println(LONG);
    System.out.print("unfinished");
  }

  public void logger(Object event, Context context) {
    context.getLogger().log("from the context");
    context.getLogger().log("two\nlines\n");
  }

  /** Long lines of threads that all log at once. */
  public void together(Object event, Context context) throws Exception {
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; ++i) {
      String line = new String(new char[100_000]).replace('\0', (char) ('a' + i));
      threads[i] = new Thread(() -> {
        for (int j = 0; j < 10; ++j) context.getLogger().log(line);
      });
    }
    for (Thread thread : threads) thread.start();
    for (Thread thread : threads) thread.join();
    System.out.println("done");
  }

  public void levels(Object event) {
    GreengrassLogger logger = new GreengrassLogger();
    for (LogLevel level : LogLevel.values()) logger.log(("at " + level).getBytes(), level);
    logger.debug("debug");
    logger.fatal("fatal");
  }

  public void jul(Object event) {
    Logger logger = Logger.getLogger("my.logger");
    logger.severe("severe");
    logger.warning("warning");
    logger.info("info");
    logger.fine("fine");
    logger.finest("finest");
    logger.log(Level.SEVERE, "value {0}", 7);
    logger.log(Level.SEVERE, "thrown", new IllegalStateException("why"));
  }

  /** What a program with the function's standard input reads of it. */
  public Object input(Object event) throws Exception {
    Process child = new ProcessBuilder("/bin/cat").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
    return new String(Handlers.all(child.getInputStream()), "UTF-8") + System.in.read();
  }

  public void child(Object event) throws Exception {
    new ProcessBuilder("/bin/sh", "-c", "echo from a child; echo trouble >&2").inheritIO().start().waitFor();
  }
}
