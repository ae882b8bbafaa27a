package fescue.runtime;

import fescue.runtime.json.JsonException;
import fescue.runtime.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;

/** A work item as far as it does not depend on the handler. */
final class Invocation {
  final String functionArn;
  final String id;
  private final String encodedContext;

  Invocation(String functionArn, Answer item) {
    this.functionArn = functionArn;
    id = item.invocationId;
    encodedContext = item.clientContext;
  }

  /** The members of the client context; empty without one. */
  Map<?, ?> clientContext() throws BadPayload {
    if (encodedContext == null || encodedContext.isEmpty()) return Collections.emptyMap();
    try {
      byte[] json = Base64.getDecoder().decode(encodedContext.getBytes(StandardCharsets.ISO_8859_1));
      Object value = JsonReader.read(json);
      if (value instanceof Map) return (Map<?, ?>) value;
      throw new JsonException("it is no object");
    } catch (JsonException | IllegalArgumentException failure) {
      throw new BadPayload("The client context cannot be parsed as base64 of a JSON object: " + failure.getMessage());
    }
  }
}
