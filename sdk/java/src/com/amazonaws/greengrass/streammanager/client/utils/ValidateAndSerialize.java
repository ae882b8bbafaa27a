package com.amazonaws.greengrass.streammanager.client.utils;

import com.amazonaws.greengrass.streammanager.client.exception.InvalidRequestException;
import com.fasterxml.jackson.core.JsonProcessingException;
import fescue.runtime.json.JsonBinder;
import fescue.runtime.json.JsonException;
import fescue.runtime.json.JsonReader;
import fescue.runtime.json.JsonWriter;
import fescue.sdk.Model;
import java.io.IOException;

/** Models to and from the JSON that is the payload of messages (docs/compatibility/streams.md#payloads). */
public final class ValidateAndSerialize {
  private ValidateAndSerialize() {}

  /** InvalidRequestException with all that is wrong with a model; other objects are not checked. */
  public static <T> byte[] validateAndSerializeToJsonBytes(T value) throws InvalidRequestException, JsonProcessingException {
    if (value instanceof Model) {
      String faults = String.join(" ", ((Model) value).faults());
      if (!faults.isEmpty()) throw new InvalidRequestException(faults);
    }
    try {
      return JsonWriter.write(value instanceof Model ? ((Model) value).members() : value);
    } catch (JsonException failure) {
      throw new Unreadable(failure.getMessage());
    }
  }

  /** Members that the class does not have are passed over. */
  public static <T> T deserializeJsonBytesToObj(byte[] json, Class<T> type) throws IOException {
    try {
      return type.cast(JsonBinder.bind(JsonReader.readExactly(json), type));
    } catch (JsonException failure) {
      throw new Unreadable(failure.getMessage());
    }
  }

  private static final class Unreadable extends JsonProcessingException {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message);
    }
  }
}
