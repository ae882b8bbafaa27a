package fescue.runtime.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON in UTF-8 as LinkedHashMap, ArrayList, String, Boolean, null and numbers: the first of Integer, Long and BigInteger that
 * holds it, or Double. This is what V1's runtime gave a handler that takes an Object. Of members of one name the last counts.
 */
public final class JsonReader {
  private static final int MAX_DEPTH = 1000;
  private static final int MAX_NUMBER_CHARS = 4096; // big integers take quadratic time

  private final byte[] json;
  private final boolean exact;
  private int at;
  private int depth;

  private JsonReader(byte[] json, boolean exact) {
    this.json = json;
    this.exact = exact;
  }

  public static Object read(byte[] json) {
    return new JsonReader(json, false).document();
  }

  /** With fractions as BigDecimal, which loses nothing. */
  public static Object readExactly(byte[] json) {
    return new JsonReader(json, true).document();
  }

  private Object document() {
    Object value = value();
    skipBlanks();
    if (at != json.length) throw failure("something follows the value");
    return value;
  }

  private Object value() {
    skipBlanks();
    if (at == json.length) throw failure("it ends too early");
    switch (json[at]) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string();
      case 't':
        return word("true", Boolean.TRUE);
      case 'f':
        return word("false", Boolean.FALSE);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private Map<String, Object> object() {
    enter();
    Map<String, Object> members = new LinkedHashMap<>();
    if (!next('}')) {
      do {
        skipBlanks();
        if (at == json.length || json[at] != '"') throw failure("a member has no name");
        String name = string();
        if (!next(':')) throw failure("a colon is missing");
        members.put(name, value());
      } while (next(','));
      if (!next('}')) throw failure("an object does not end");
    }
    --depth;
    return members;
  }

  private List<Object> array() {
    enter();
    List<Object> elements = new ArrayList<>();
    if (!next(']')) {
      do {
        elements.add(value());
      } while (next(','));
      if (!next(']')) throw failure("an array does not end");
    }
    --depth;
    return elements;
  }

  private void enter() {
    if (++depth > MAX_DEPTH) throw failure("it is nested deeper than " + MAX_DEPTH + " levels");
    ++at;
  }

  private Object word(String word, Object value) {
    for (int i = 0; i < word.length(); ++i) {
      if (at + i >= json.length || json[at + i] != word.charAt(i)) throw failure("not a value");
    }
    at += word.length();
    return value;
  }

  private String string() {
    int begin = ++at;
    boolean ascii = true;
    while (at < json.length) {
      byte c = json[at];
      if (c == '"') {
        String text = ascii ? new String(json, begin, at - begin, StandardCharsets.ISO_8859_1) : utf8(begin, at);
        ++at;
        return text;
      }
      if (c == '\\') return stringWithEscapes(begin);
      if (c >= 0 && c < ' ') throw failure("a control character in a string");
      if (c < 0) ascii = false;
      ++at;
    }
    throw failure("a string does not end");
  }

  private String stringWithEscapes(int begin) {
    StringBuilder text = new StringBuilder();
    int plain = begin;
    while (at < json.length) {
      byte c = json[at];
      if (c >= 0 && c < ' ') throw failure("a control character in a string");
      if (c == '"' || c == '\\') text.append(utf8(plain, at));
      ++at;
      if (c == '"') return text.toString();
      if (c == '\\') {
        text.append(escaped());
        plain = at;
      }
    }
    throw failure("a string does not end");
  }

  private char escaped() {
    if (at == json.length) throw failure("a string does not end");
    byte c = json[at++];
    int known = "\"\\/bfnrt".indexOf(c);
    if (known >= 0) return "\"\\/\b\f\n\r\t".charAt(known);
    if (c != 'u' || at + 4 > json.length) throw failure("an unknown escape in a string");
    int code = 0;
    for (int i = 0; i < 4; ++i) {
      int digit = Character.digit(json[at++], 16);
      if (digit < 0) throw failure("an unknown escape in a string");
      code = code * 16 + digit;
    }
    return (char) code;
  }

  private String utf8(int from, int to) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json, from, to - from)).toString();
    } catch (CharacterCodingException malformed) {
      throw failure("a string is not UTF-8");
    }
  }

  private Object number() {
    int begin = at;
    if (at < json.length && json[at] == '-') ++at;
    int first = at;
    int digits = digits();
    if (digits == 0) throw failure("not a value");
    if (digits > 1 && json[first] == '0') throw failure("a number that begins with 0");
    boolean whole = true;
    if (at < json.length && json[at] == '.') {
      ++at;
      whole = false;
      if (digits() == 0) throw failure("a number without digits");
    }
    if (at < json.length && (json[at] == 'e' || json[at] == 'E')) {
      ++at;
      whole = false;
      if (at < json.length && (json[at] == '+' || json[at] == '-')) ++at;
      if (digits() == 0) throw failure("a number without digits");
    }
    if (at - begin > MAX_NUMBER_CHARS) throw failure("a number of more than " + MAX_NUMBER_CHARS + " characters");
    String text = new String(json, begin, at - begin, StandardCharsets.ISO_8859_1);
    if (!whole) return fraction(text);
    return digits <= 18 ? smallest(Long.parseLong(text)) : smallest(new BigInteger(text));
  }

  private Object fraction(String text) {
    if (!exact) return Double.valueOf(text);
    try {
      BigDecimal value = new BigDecimal(text);
      return value.signum() == 0 && text.charAt(0) == '-' ? (Object) (-0.0) : value; // it has no such zero
    } catch (NumberFormatException vastExponent) {
      return Double.valueOf(text);
    }
  }

  private int digits() {
    int begin = at;
    while (at < json.length && json[at] >= '0' && json[at] <= '9') ++at;
    return at - begin;
  }

  private static Object smallest(long value) {
    if (value == (int) value) return (int) value;
    return value;
  }

  private static Object smallest(BigInteger value) {
    return value.bitLength() < 64 ? (Object) value.longValue() : value;
  }

  /** Takes that character if it comes next. */
  private boolean next(char wanted) {
    skipBlanks();
    if (at == json.length || json[at] != wanted) return false;
    ++at;
    return true;
  }

  private void skipBlanks() {
    while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) ++at;
  }

  private JsonException failure(String what) {
    return new JsonException(what + " (byte " + at + ")");
  }
}
