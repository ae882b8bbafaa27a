package fescue.runtime;

import java.io.IOException;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** The order of a worker's start, and its ends. A start loads what the first event needs and nothing else. */
public final class Worker {
  private static final String HANDLER = "--handler=";

  private Worker() {}

  /** words: those of the command line. Does not return while there is a core. */
  public static void run(String[] words) {
    WorkLoop loop = null;
    String name = null;
    boolean isBinary = false;
    try {
      loop = loopOf(System.getenv("MY_FUNCTION_ARN"), System.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
      Log.checkThreshold();
      Log.capture();
      isBinary = isBinary(System.getenv("ENCODING_TYPE"));
      name = handlerArgument(words);
      stopOnTerminate();
    } catch (Throwable failure) {
      giveUp(loop, "Failed to initialize Lambda runtime due to exception: ", failure);
    }
    Log.info("Running [" + System.getenv("MY_FUNCTION_ARN") + "]");
    Handler handler = null;
    try {
      handler = HandlerFinder.find(name, isBinary);
    } catch (Throwable failure) {
      giveUp(loop, "Failed to import handler function \"" + name + "\" due to exception: ", failure);
    }
    serve(loop, handler);
  }

  private static void serve(WorkLoop loop, Handler handler) {
    try {
      Log.endLines();
      loop.initialized(null);
      loop.run(handler);
    } catch (Throwable failure) { // of the virtual machine as well: other threads would keep the process alive
      Log.record(Log.FATAL, "The worker ends: " + Errors.textOf(failure));
    }
    leave(1);
  }

  private static WorkLoop loopOf(String functionArn, String token) {
    if (functionArn == null || functionArn.isEmpty() || token == null || token.isEmpty()) {
      throw new IllegalStateException("MY_FUNCTION_ARN and AWS_CONTAINER_AUTHORIZATION_TOKEN must be set");
    }
    return new WorkLoop(new Connection(Wire.inherited()), functionArn, token);
  }

  private static boolean isBinary(String encoding) {
    if (encoding == null || encoding.isEmpty() || encoding.equals("json")) return false;
    if (encoding.equals("binary")) return true;
    throw new IllegalStateException("ENCODING_TYPE is \"" + encoding + "\", which is neither json nor binary");
  }

  private static String handlerArgument(String[] words) {
    for (String word : words) {
      if (word.startsWith(HANDLER)) return word.substring(HANDLER.length());
    }
    throw new IllegalArgumentException("--handler=<handler name> is a required argument");
  }

  /** A clean end, after the function's own shutdown hooks. */
  private static void stopOnTerminate() {
    Signal.handle(new Signal("TERM"), new SignalHandler() {
      @Override
      public void handle(Signal signal) {
        Log.info("Caught SIGTERM. Stopping runtime.");
        leave(0);
      }
    });
  }

  /** Logs, tells the core as well as can be, and ends the process. */
  private static void giveUp(WorkLoop loop, String intro, Throwable failure) {
    Log.record(Log.FATAL, intro + Errors.reasonOf(failure));
    Log.error(Errors.stackOf(failure));
    try {
      if (loop != null) loop.initialized(Errors.reasonOf(failure));
    } catch (IOException unheard) {
      Log.error("The failure could not be reported: " + Errors.textOf(unheard));
    }
    leave(1);
  }

  private static void leave(int status) {
    Log.endLines();
    System.exit(status);
  }
}
