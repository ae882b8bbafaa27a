package com.amazonaws.greengrass.streammanager.model.sitewise;

/** What a value is worth. */
public enum Quality {
  GOOD, BAD, UNCERTAIN;

  public String value() {
    return name();
  }

  /** IllegalArgumentException when there is none. */
  public static Quality fromValue(String value) {
    return valueOf(value);
  }
}
