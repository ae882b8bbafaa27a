package fescue.runtime;

import java.nio.charset.StandardCharsets;

/** What the core answered. Headers that nothing here reads are not kept; an absent one is null, an empty one "". */
public final class Answer {
  public int status;
  public String reason = "";
  public String invocationId;
  public String clientContext;
  public String functionError;
  public byte[] body;
  String contentLength;
  boolean transferEncoding;
  boolean closes;

  Answer() {}

  public boolean isOk() {
    return status >= 200 && status < 300;
  }

  boolean isItem() {
    return isOk() && invocationId != null && !invocationId.isEmpty();
  }

  /** "HTTP Error 404: Not Found, text": what a refusal says. */
  public String refusal() {
    String text = new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8);
    return "HTTP Error " + status + ": " + reason + ", " + text;
  }

  void addHeader(String name, String value) throws ConnectionLost {
    if (name.equalsIgnoreCase("Content-Length")) {
      if (contentLength != null && !contentLength.equals(value)) throw new ConnectionLost("two lengths in one answer");
      contentLength = value;
    } else if (name.equalsIgnoreCase(Requests.INVOCATION_ID)) {
      invocationId = value;
    } else if (name.equalsIgnoreCase(Requests.CLIENT_CONTEXT)) {
      clientContext = value;
    } else if (name.equalsIgnoreCase(Requests.FUNCTION_ERROR)) {
      functionError = value;
    } else if (name.equalsIgnoreCase("Connection")) {
      closes = value.equalsIgnoreCase("close");
    } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
      transferEncoding = true;
    }
  }

  /** Of the body. */
  int length() throws ConnectionLost {
    if (transferEncoding) throw new ConnectionLost("an answer with Transfer-Encoding");
    if (contentLength == null) {
      if (status == 204 || status == 304) return 0;
      throw new ConnectionLost("an answer without Content-Length (status " + status + ")");
    }
    long length = 0;
    boolean isNumber = !contentLength.isEmpty() && contentLength.length() <= 12;
    for (int i = 0; isNumber && i < contentLength.length(); ++i) {
      char digit = contentLength.charAt(i);
      isNumber = digit >= '0' && digit <= '9';
      length = length * 10 + digit - '0';
    }
    if (!isNumber || length > Connection.MAX_BODY_BYTES) throw new ConnectionLost("a body that cannot be read");
    return (int) length;
  }
}
