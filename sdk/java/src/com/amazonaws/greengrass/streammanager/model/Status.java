package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Numbered;

/** What became of a task. */
public enum Status implements Numbered {
  Success, Failure, InProgress, Warning, Canceled;

  @Override
  public Long value() {
    return (long) ordinal();
  }

  /** IllegalArgumentException when there is none. */
  public static Status fromValue(Long value) {
    return Numbered.of(values(), value);
  }
}
