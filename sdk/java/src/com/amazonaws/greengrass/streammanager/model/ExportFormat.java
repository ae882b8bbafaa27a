package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Numbered;

/** How an export by HTTP sends messages. */
public enum ExportFormat implements Numbered {
  RAW_NOT_BATCHED, JSON_BATCHED;

  @Override
  public Long value() {
    return (long) ordinal();
  }

  /** IllegalArgumentException when there is none. */
  public static ExportFormat fromValue(Long value) {
    return Numbered.of(values(), value);
  }
}
