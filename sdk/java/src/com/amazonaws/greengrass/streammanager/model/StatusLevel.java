package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Numbered;

/** How much is reported. */
public enum StatusLevel implements Numbered {
  ERROR, WARN, INFO, DEBUG, TRACE;

  @Override
  public Long value() {
    return (long) ordinal();
  }

  /** IllegalArgumentException when there is none. */
  public static StatusLevel fromValue(Long value) {
    return Numbered.of(values(), value);
  }
}
