package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Numbered;

/** What becomes of a message for which a stream has no room. */
public enum StrategyOnFull implements Numbered {
  RejectNewData, OverwriteOldestData;

  @Override
  public Long value() {
    return (long) ordinal();
  }

  /** IllegalArgumentException when there is none. */
  public static StrategyOnFull fromValue(Long value) {
    return Numbered.of(values(), value);
  }
}
