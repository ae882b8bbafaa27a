package fescue.runtime.json;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Calendar;
import java.util.Collections;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Java objects as JSON in UTF-8, with the choices of V1's runtime, Jackson's: bytes as base64, dates as milliseconds, enums by
 * name, beans by getters and public fields, numbers that are not finite as strings.
 */
public final class JsonWriter {
  private static final int MAX_DEPTH = 1000;
  private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

  private byte[] out = new byte[256];
  private int size;
  private int depth;

  private JsonWriter() {}

  /** JsonException for what refers to itself, or has a getter that throws. */
  public static byte[] write(Object value) {
    JsonWriter writer = new JsonWriter();
    writer.value(value);
    return Arrays.copyOf(writer.out, writer.size);
  }

  private void value(Object value) {
    if (value == null) {
      ascii("null");
    } else if (value instanceof CharSequence || value instanceof Character) {
      string(value.toString());
    } else if (value instanceof Number) {
      number((Number) value);
    } else if (value instanceof Boolean) {
      ascii(value.toString());
    } else {
      if (++depth > MAX_DEPTH) throw new JsonException("it is nested deeper than " + MAX_DEPTH + " levels");
      composite(value);
      --depth;
    }
  }

  private void composite(Object value) {
    if (value instanceof Map) {
      map((Map<?, ?>) value);
    } else if (value instanceof Iterable && !(value instanceof java.nio.file.Path)) {
      elements(((Iterable<?>) value).iterator());
    } else if (value instanceof byte[]) {
      string(Base64.getEncoder().encodeToString((byte[]) value));
    } else if (value instanceof char[]) {
      string(new String((char[]) value));
    } else if (value.getClass().isArray()) {
      array(value);
    } else if (value instanceof Enum) {
      string(((Enum<?>) value).name());
    } else if (value instanceof Date) {
      ascii(Long.toString(((Date) value).getTime()));
    } else if (value instanceof Calendar) {
      ascii(Long.toString(((Calendar) value).getTimeInMillis()));
    } else if (value instanceof ByteBuffer) {
      string(Base64.getEncoder().encodeToString(remaining((ByteBuffer) value)));
    } else if (value instanceof Optional) {
      value(((Optional<?>) value).orElse(null));
    } else if (value instanceof Iterator) {
      elements((Iterator<?>) value);
    } else {
      bean(value);
    }
  }

  private void number(Number number) {
    boolean isFraction = number instanceof Double || number instanceof Float;
    if (isFraction && (Double.isNaN(number.doubleValue()) || Double.isInfinite(number.doubleValue()))) {
      string(number.toString());
    } else {
      ascii(number.toString());
    }
  }

  private void map(Map<?, ?> map) {
    put('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!first) put(',');
      first = false;
      Object key = entry.getKey();
      string(key instanceof Enum ? ((Enum<?>) key).name() : String.valueOf(key));
      put(':');
      value(entry.getValue());
    }
    put('}');
  }

  private void elements(Iterator<?> elements) {
    put('[');
    for (boolean first = true; elements.hasNext(); first = false) {
      if (!first) put(',');
      value(elements.next());
    }
    put(']');
  }

  private void array(Object array) {
    put('[');
    int length = Array.getLength(array);
    for (int i = 0; i < length; ++i) {
      if (i > 0) put(',');
      value(Array.get(array, i));
    }
    put(']');
  }

  private void bean(Object bean) {
    if (Bean.isOpaque(bean.getClass())) {
      opaque(bean);
      return;
    }
    put('{');
    boolean first = true;
    Bean known = Bean.of(bean.getClass());
    for (Property property : known.properties()) {
      if (!property.isReadable()) continue;
      Object value = property.read(bean);
      if (value == null && known.leavesOutNull()) continue;
      if (!first) put(',');
      first = false;
      string(property.name);
      put(':');
      value(value);
    }
    put('}');
  }

  private void opaque(Object value) {
    if (value.getClass() == Object.class) ascii("{}");
    else if (value instanceof AtomicBoolean) ascii(value.toString());
    else if (value instanceof Map.Entry) entry((Map.Entry<?, ?>) value);
    else if (value instanceof Class) string(((Class<?>) value).getName());
    else if (value instanceof TimeZone) string(((TimeZone) value).getID());
    else string(value.toString());
  }

  private void entry(Map.Entry<?, ?> entry) {
    map(Collections.singletonMap(entry.getKey(), entry.getValue()));
  }

  private static byte[] remaining(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private void string(String text) {
    put('"');
    for (int i = 0; i < text.length(); ++i) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
        put(c);
      } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
        utf8(Character.toCodePoint(c, text.charAt(++i)));
      } else if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
        escape(c);
      } else {
        utf8(c);
      }
    }
    put('"');
  }

  private void escape(char c) {
    int known = "\"\\\b\f\n\r\t".indexOf(c);
    put('\\');
    if (known >= 0) {
      put("\"\\bfnrt".charAt(known));
      return;
    }
    put('u');
    for (int shift = 12; shift >= 0; shift -= 4) put(HEX[(c >> shift) & 15]);
  }

  private void utf8(int code) {
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xc0 | code >> 6);
      put(0x80 | code & 63);
    } else if (code < 0x10000) {
      put(0xe0 | code >> 12);
      put(0x80 | code >> 6 & 63);
      put(0x80 | code & 63);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | code >> 12 & 63);
      put(0x80 | code >> 6 & 63);
      put(0x80 | code & 63);
    }
  }

  private void ascii(String text) {
    for (int i = 0; i < text.length(); ++i) put(text.charAt(i));
  }

  private void put(int b) {
    if (size == out.length) out = Arrays.copyOf(out, size * 2);
    out[size++] = (byte) b;
  }
}
