package fescue.runtime;

/** The event or its context cannot be given to the handler, or its result to the core; the message says why. */
final class BadPayload extends Exception {
  private static final long serialVersionUID = 1;

  BadPayload(String message) {
    super(message);
  }
}
