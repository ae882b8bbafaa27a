package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Numbered;

/** What a status tells of. */
public enum EventType implements Numbered {
  S3Task;

  @Override
  public Long value() {
    return (long) ordinal();
  }

  /** IllegalArgumentException when there is none. */
  public static EventType fromValue(Long value) {
    return Numbered.of(values(), value);
  }
}
