package fescue.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The life of a worker after its start: take an event, run the handler, hand in what came of it, and so on. Handing in asks
 * for the next item in the same exchange (Fescue-Next), so an event costs one round trip; a core without that extension
 * answers without an item, and the next is then fetched by itself.
 */
final class WorkLoop {
  // V1's policy for a core that is away or has trouble.
  private static final int ATTEMPTS = 10;
  private static final int FIRST_PAUSE_MS = 50;
  private static final int LONGEST_PAUSE_MS = 500;
  private static final long TIMEOUT_NS = 3_000_000_000L;
  private static final byte[] NOTHING = {};
  private static final String NEXT = Requests.header("Fescue-Next", "1");

  /** What came of an event. */
  private static final class Outcome {
    final boolean failed;
    final byte[] body;
    final boolean endsWorker;

    Outcome(boolean failed, byte[] body, boolean endsWorker) {
      this.failed = failed;
      this.body = body;
      this.endsWorker = endsWorker;
    }
  }

  private final Connection connection;
  private final String functionArn;
  private final String token;
  private final byte[] get;
  private final String postResult;
  private final String postError;

  WorkLoop(Connection connection, String functionArn, String token) {
    this.connection = connection;
    this.functionArn = functionArn;
    this.token = token;
    get = Requests.withLength(Requests.opening("GET", functionArn, "/work", token), 0);
    postResult = Requests.opening("POST", functionArn, "/work", token);
    postError = postResult + Requests.header(Requests.FUNCTION_ERROR, "Handled");
  }

  /** Tells the core that the handler is loaded, or why not (text for people; null is success). */
  void initialized(String failure) throws IOException {
    byte[] body = "{\"Success\": true, \"Response\": \"\"}".getBytes(StandardCharsets.UTF_8);
    if (failure != null) body = InitializationFailure.bodyOf(failure);
    byte[] head = Requests.withLength(Requests.opening("PUT", functionArn, "/initialized", token), body.length);
    Answer answer = exchange(head, body, false);
    if (!answer.isOk()) throw new IOException(answer.refusal());
  }

  /** Returns only by an exception: the core is gone. */
  void run(Handler handler) throws IOException {
    Answer item = fetch();
    while (true) {
      if (!item.isItem()) item = fetch();
      Outcome outcome = handle(handler, item);
      Log.endLines();
      item = handIn(item.invocationId, outcome);
      if (outcome.endsWorker) throw new IOException("a failure of the virtual machine itself");
    }
  }

  private Answer fetch() throws IOException {
    if (Log.isEnabled(Log.DEBUG)) Log.record(Log.DEBUG, "Getting work for function [" + functionArn + "]");
    return exchange(get, NOTHING, true);
  }

  private Outcome handle(Handler handler, Answer item) {
    Thread.interrupted(); // by the event before
    try {
      return new Outcome(false, handler.handle(item.body, new Invocation(functionArn, item)), false);
    } catch (BadPayload bad) {
      Log.error(bad.getMessage());
      return new Outcome(true, Errors.bodyOf(bad.getMessage()), false);
    } catch (Throwable failure) {
      Log.error("The handler failed: " + Errors.stackOf(failure));
      boolean broken = failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
      return new Outcome(true, Errors.bodyOf(failure), broken);
    }
  }

  /** Returns the core's answer, with the next item if the core gives one. */
  private Answer handIn(String id, Outcome outcome) throws IOException {
    Answer answer = post(id, outcome.failed, outcome.body, outcome.endsWorker ? "" : NEXT);
    if (answer.isOk()) return answer;
    Log.error("The outcome of invocation [" + id + "] was not accepted: " + answer.refusal());
    if (outcome.failed) return answer;
    // The caller would wait in vain.
    String refused = "The result of " + outcome.body.length + " bytes was not accepted: " + answer.refusal();
    return post(id, true, Errors.bodyOf(refused), NEXT);
  }

  private Answer post(String id, boolean failed, byte[] body, String next) throws IOException {
    if (Log.isEnabled(Log.DEBUG)) Log.record(Log.DEBUG, "Posting work result for invocation id [" + id + "]");
    String opening = (failed ? postError : postResult) + next + Requests.header(Requests.INVOCATION_ID, id);
    return exchange(Requests.withLength(opening, body.length), body, false);
  }

  private Answer exchange(byte[] head, byte[] body, boolean wantsItem) throws IOException {
    long deadline = 0;
    int pause = FIRST_PAUSE_MS;
    for (int attempt = 1;; ++attempt) {
      String trouble;
      try {
        Answer answer = connection.exchange(head, body);
        if (wantsItem ? answer.isItem() : answer.status < 500) return answer;
        trouble = answer.refusal();
      } catch (ConnectionLost lost) {
        trouble = lost.getMessage();
      }
      long now = System.nanoTime();
      if (deadline == 0) deadline = now + TIMEOUT_NS;
      int delay = ThreadLocalRandom.current().nextInt(pause / 2, pause + 1);
      if (attempt == ATTEMPTS || now + delay * 1_000_000L > deadline) throw new IOException(trouble);
      Log.record(Log.WARN, trouble + "; trying again");
      sleep(delay);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException early) {
      // by the function's own threads; there is nothing to give up here
    }
  }
}
