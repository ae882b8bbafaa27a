package fescue.runtime.json;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.TimeZone;

/** Points in time as Jackson reads them: milliseconds as a number or a text, or a text of ISO 8601, in UTC where it does not say. */
final class Dates {
  private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder().append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
      .optionalStart().appendOffset("+HH:MM", "Z").optionalEnd().optionalStart().appendOffset("+HHMM", "Z").optionalEnd()
      .optionalStart().appendOffset("+HH", "Z").optionalEnd().toFormatter();

  private Dates() {}

  static boolean knows(Class<?> type) {
    return type == Date.class || type == Instant.class || type == Calendar.class || type == GregorianCalendar.class
        || Date.class.isAssignableFrom(type) && type.getName().startsWith("java.sql.");
  }

  static Object bind(Object value, Class<?> type) {
    long time = millisecondsOf(value, type);
    if (type == Instant.class) return Instant.ofEpochMilli(time);
    try {
      if (Date.class.isAssignableFrom(type)) return type.getConstructor(long.class).newInstance(time);
    } catch (ReflectiveOperationException impossible) {
      throw new JsonException("no " + type.getName() + " can be made: " + impossible);
    }
    Calendar calendar = new GregorianCalendar(TimeZone.getTimeZone("UTC"));
    calendar.setTimeInMillis(time);
    return calendar;
  }

  private static long millisecondsOf(Object value, Class<?> type) {
    if (value instanceof Integer || value instanceof Long) return ((Number) value).longValue();
    if (!(value instanceof String)) throw JsonBinder.unfit(value, type);
    String text = ((String) value).trim();
    try {
      if (text.length() == 10 && text.charAt(4) == '-') {
        return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
      }
      if (text.indexOf('T') < 0) return new BigInteger(text).longValueExact();
      TemporalAccessor time = ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
      if (time instanceof OffsetDateTime) return ((OffsetDateTime) time).toInstant().toEpochMilli();
      return ((LocalDateTime) time).toInstant(ZoneOffset.UTC).toEpochMilli();
    } catch (DateTimeException | ArithmeticException | NumberFormatException malformed) {
      throw new JsonException("\"" + value + "\" is no " + type.getTypeName());
    }
  }
}
