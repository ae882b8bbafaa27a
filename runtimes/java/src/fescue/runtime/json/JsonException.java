package fescue.runtime.json;

/** Text that is no JSON, or a value that JSON or the wanted class cannot hold; the message says which and where. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public JsonException(String message) {
    super(message, null, false, false);
  }
}
