package fescue.sdk;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a field of a model may be (docs/compatibility/streams.md#models). The range is of a number, or of a text's or list's
 * size.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Limits {
  /** Of streams and exports. */
  String NAME = "[\\w ,.\\-]*";
  String PRINTABLE = "[^\\u0000-\\u001F\\u007F]+";
  /** Labels with dots between them, but not numbers alone. */
  String BUCKET = "(?!(\\d+\\.)+\\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*";
  /** Placeholders such as !{timestamp:yyyy/MM/dd} are allowed in it. */
  String KEY = "([^\\\\{ }%`\\[\\]\"'><~#^?|]|!\\{[a-zA-Z]+:[a-zA-Z/]+\\})*";
  /** The longest time, which is Long.MAX_VALUE nanoseconds. */
  long MILLISECONDS = 9_223_372_036_854L;

  /** In JSON and on the wire, where it is not the field's. */
  String name() default "";

  boolean required() default false;

  long min() default Long.MIN_VALUE;

  long max() default Long.MAX_VALUE;

  String pattern() default "";
}
