package fescue.runtime;

import fescue.runtime.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the core is told of a function that could not be loaded. Apart so that other starts need no JSON for it. */
final class InitializationFailure {
  private InitializationFailure() {}

  static byte[] bodyOf(String text) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("Success", false);
    fields.put("Response", text);
    return JsonWriter.write(fields);
  }
}
