package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** Where an S3 export reports, and how much of it. */
public class StatusConfig extends Model {
  private StatusLevel statusLevel = StatusLevel.INFO;
  @Limits(min = 1, max = 255, pattern = Limits.NAME)
  private String statusStreamName;

  public StatusConfig() {}

  public StatusConfig(StatusLevel statusLevel, String statusStreamName) {
    this.statusLevel = statusLevel;
    this.statusStreamName = statusStreamName;
  }

  public StatusLevel getStatusLevel() { return statusLevel; }
  public void setStatusLevel(StatusLevel statusLevel) { this.statusLevel = statusLevel; }
  public StatusConfig withStatusLevel(StatusLevel statusLevel) { setStatusLevel(statusLevel); return this; }

  public String getStatusStreamName() { return statusStreamName; }
  public void setStatusStreamName(String statusStreamName) { this.statusStreamName = statusStreamName; }
  public StatusConfig withStatusStreamName(String statusStreamName) {
    setStatusStreamName(statusStreamName);
    return this;
  }
}
