package fescue.runtime;

import fescue.runtime.json.JsonBinder;
import fescue.runtime.json.JsonException;
import fescue.runtime.json.JsonReader;
import fescue.runtime.json.JsonWriter;
import java.lang.reflect.Type;

/** Between JSON and what handlers take and return. */
final class Payloads {
  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  private Payloads() {}

  /** An empty payload is an empty object. */
  static Object eventOf(byte[] payload, Type type) throws BadPayload {
    byte[] json = payload.length == 0 ? EMPTY_OBJECT : payload;
    Object value;
    try {
      value = type == Object.class ? JsonReader.read(json) : JsonReader.readExactly(json);
    } catch (JsonException failure) {
      throw new BadPayload("The payload cannot be parsed as JSON: " + failure.getMessage());
    }
    if (type == Object.class) return value;
    if (payload.length == 0 && !JsonBinder.takesObjects(type)) return null;
    try {
      return JsonBinder.bind(value, type);
    } catch (JsonException failure) {
      throw new BadPayload("The payload is no " + type.getTypeName() + ": " + failure.getMessage());
    }
  }

  static byte[] bytesOf(Object result) throws BadPayload {
    try {
      return JsonWriter.write(result);
    } catch (JsonException failure) {
      throw new BadPayload("The result cannot be serialized as JSON: " + failure.getMessage());
    }
  }
}
