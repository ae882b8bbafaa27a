package fescue.runtime;

import java.nio.charset.StandardCharsets;

/** Requests of the local API as text (docs/compatibility/local-api.md#requests): line, Host, headers. */
public final class Requests {
  public static final String INVOCATION_ID = "X-Amz-InvocationId";
  public static final String CLIENT_CONTEXT = "X-Amz-Client-Context";
  public static final String FUNCTION_ERROR = "X-Amz-Function-Error";
  public static final String INVOCATION_TYPE = "X-Amz-Invocation-Type";

  private Requests() {}

  /** A request up to its own headers. suffix: "", "/work" or "/initialized". */
  public static String opening(String method, String functionArn, String suffix, String token) {
    for (int i = 0; i < functionArn.length(); ++i) {
      char c = functionArn.charAt(i);
      if (c <= ' ' || c >= 0x7f) throw new IllegalArgumentException("not the ARN of a function: " + functionArn);
    }
    return method + " /2016-11-01/functions/" + functionArn + suffix + " HTTP/1.1\r\nHost: localhost\r\n"
        + header("Authorization", token);
  }

  public static String header(String name, String value) {
    for (int i = 0; i < value.length(); ++i) {
      char c = value.charAt(i);
      if (c < ' ' || c >= 0x7f) throw new IllegalArgumentException("a " + name + " with a character that none can have");
    }
    return name + ": " + value + "\r\n";
  }

  /** The head of a request, ready to send. */
  public static byte[] withLength(String opening, int length) {
    return (opening + "Content-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
