package com.amazonaws.greengrass.streammanager.model.sitewise;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** Seconds since the epoch, and nanoseconds. */
public class TimeInNanos extends Model {
  @Limits(required = true, min = 1, max = 31_556_889_864_403_199L)
  private Long timeInSeconds;
  @Limits(min = 0, max = 999_999_999)
  private Long offsetInNanos;

  public TimeInNanos() {}

  public TimeInNanos(Long timeInSeconds, Long offsetInNanos) {
    this.timeInSeconds = timeInSeconds;
    this.offsetInNanos = offsetInNanos;
  }

  public Long getTimeInSeconds() { return timeInSeconds; }
  public void setTimeInSeconds(Long timeInSeconds) { this.timeInSeconds = timeInSeconds; }
  public TimeInNanos withTimeInSeconds(Long timeInSeconds) { setTimeInSeconds(timeInSeconds); return this; }

  public Long getOffsetInNanos() { return offsetInNanos; }
  public void setOffsetInNanos(Long offsetInNanos) { this.offsetInNanos = offsetInNanos; }
  public TimeInNanos withOffsetInNanos(Long offsetInNanos) { setOffsetInNanos(offsetInNanos); return this; }
}
