package fescue.runtime.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Single values, with Jackson's conversions between texts and numbers. Numbers that a class cannot hold are refused. */
final class Scalars {
  private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);

  private Scalars() {}

  static boolean knows(Class<?> type) {
    return type.isPrimitive() || Number.class.isAssignableFrom(type) && type.getName().startsWith("java.")
        || type == String.class || type == CharSequence.class || type == Boolean.class || type == Character.class
        || type == byte[].class || type == char[].class || type == ByteBuffer.class || type == UUID.class || type == URI.class
        || type == StringBuilder.class || type == AtomicBoolean.class || Dates.knows(type);
  }

  static Object ofNull(Class<?> type) {
    if (!type.isPrimitive()) return null;
    if (type == boolean.class) return false;
    if (type == char.class) return '\0';
    return number(BigDecimal.ZERO, type);
  }

  static Object bind(Object value, Class<?> type) {
    if (isNothing(value) && !isOfText(type)) return ofNull(type);
    if (Dates.knows(type)) return Dates.bind(value, type);
    if (type == boolean.class || type == Boolean.class) return truth(value);
    if (type == AtomicBoolean.class) return new AtomicBoolean(truth(value));
    if (type.isPrimitive() && type != char.class || Number.class.isAssignableFrom(type)) return number(value, type);
    boolean isText = value instanceof String || value instanceof Number || value instanceof Boolean;
    if (!isText) throw JsonBinder.unfit(value, type);
    if (type == String.class || type == CharSequence.class) return value.toString();
    if (type == StringBuilder.class) return new StringBuilder(value.toString());
    if (!(value instanceof String)) throw JsonBinder.unfit(value, type);
    return fromText((String) value, type);
  }

  /** What counts as null where no text is wanted. */
  private static boolean isNothing(Object value) {
    return value instanceof String && (((String) value).isEmpty() || value.equals("null"));
  }

  private static boolean isOfText(Class<?> type) {
    return CharSequence.class.isAssignableFrom(type) || type.isArray() || type == ByteBuffer.class || type == URI.class;
  }

  private static Object fromText(String text, Class<?> type) {
    try {
      if (type == byte[].class) return Base64.getMimeDecoder().decode(text);
      if (type == ByteBuffer.class) return ByteBuffer.wrap(Base64.getMimeDecoder().decode(text));
      if (type == char[].class) return text.toCharArray();
      if (type == UUID.class) return UUID.fromString(text);
      if (type == URI.class) return URI.create(text);
    } catch (IllegalArgumentException malformed) {
      throw new JsonException("\"" + text + "\" is no " + type.getTypeName());
    }
    if (text.length() == 1) return text.charAt(0);
    throw JsonBinder.unfit(text, type);
  }

  static Object constant(Object value, Class<?> type) {
    Object[] constants = type.getEnumConstants();
    if (value instanceof Integer && (Integer) value >= 0 && (Integer) value < constants.length) {
      return constants[(Integer) value];
    }
    for (Object constant : constants) {
      if (((Enum<?>) constant).name().equals(value)) return constant;
    }
    throw new JsonException("\"" + value + "\" is none of the constants of " + type.getName());
  }

  private static boolean truth(Object value) {
    if (value instanceof Boolean) return (Boolean) value;
    if ("true".equals(value) || "false".equals(value)) return "true".equals(value);
    if (value instanceof Integer) return (Integer) value != 0;
    throw JsonBinder.unfit(value, boolean.class);
  }

  private static Object number(Object value, Class<?> type) {
    boolean isNonsense = "NaN".equals(value) || "Infinity".equals(value) || "-Infinity".equals(value);
    if (isNonsense && (type == double.class || type == Double.class)) return Double.valueOf((String) value);
    if (isNonsense && (type == float.class || type == Float.class)) return Float.valueOf((String) value);
    if (!(value instanceof Number) && !(value instanceof String)) throw JsonBinder.unfit(value, type);
    if (value instanceof Double && (type == double.class || type == Double.class)) return value; // perhaps -0.0
    if (value instanceof Double && (type == float.class || type == Float.class)) return ((Double) value).floatValue();
    if (type == Number.class && value instanceof Number) {
      return value instanceof BigDecimal ? (Object) ((BigDecimal) value).doubleValue() : value;
    }
    try {
      return number(new BigDecimal(value.toString().trim()), type);
    } catch (ArithmeticException | NumberFormatException unfit) {
      throw new JsonException(value + " is no " + type.getTypeName());
    }
  }

  private static Object number(BigDecimal value, Class<?> type) {
    if (type == double.class || type == Double.class || type == Number.class) return value.doubleValue();
    if (type == float.class || type == Float.class) return value.floatValue();
    if (type == BigDecimal.class) return value;
    if (type == BigInteger.class) {
      if (value.precision() - value.scale() > 100_000) throw new ArithmeticException("too many digits");
      return value.toBigInteger();
    }
    if (value.compareTo(MAX_LONG) > 0 || value.compareTo(MIN_LONG) < 0) throw new ArithmeticException("out of range");
    long whole = value.longValue(); // without the fraction, as Jackson
    if (type == long.class || type == Long.class) return whole;
    if (type == int.class || type == Integer.class) return Math.toIntExact(whole);
    if (type == AtomicLong.class) return new AtomicLong(whole);
    if (type == AtomicInteger.class) return new AtomicInteger(Math.toIntExact(whole));
    if (type == short.class || type == Short.class) {
      if (whole != (short) whole) throw new ArithmeticException("out of range");
      return (short) whole;
    }
    if (type == byte.class || type == Byte.class) {
      if (whole != (byte) whole && whole >> 8 != 0) throw new ArithmeticException("out of range");
      return (byte) whole;
    }
    throw new ArithmeticException("not a class of numbers that can be made");
  }
}
