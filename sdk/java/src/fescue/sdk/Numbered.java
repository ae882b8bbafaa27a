package fescue.sdk;

/** An enum whose constants are numbers on the wire and in JSON, counted from 0. */
public interface Numbered {
  Long value();

  static <E extends Numbered> E of(E[] constants, Long value) {
    for (E each : constants) {
      if (each.value().equals(value)) return each;
    }
    throw new IllegalArgumentException(value + " is none of the values of " + constants[0].getClass().getName());
  }
}
