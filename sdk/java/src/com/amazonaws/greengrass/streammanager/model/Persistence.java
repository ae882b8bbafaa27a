package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Numbered;

/** Where the messages of a stream are kept. */
public enum Persistence implements Numbered {
  File, Memory;

  @Override
  public Long value() {
    return (long) ordinal();
  }

  /** IllegalArgumentException when there is none. */
  public static Persistence fromValue(Long value) {
    return Numbered.of(values(), value);
  }
}
