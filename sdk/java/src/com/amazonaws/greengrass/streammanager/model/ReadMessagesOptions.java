package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** Which messages to read, and how long to wait for them. */
public class ReadMessagesOptions extends Model {
  @Limits(min = 0)
  private Long desiredStartSequenceNumber;
  @Limits(min = 1, max = Integer.MAX_VALUE)
  private Long minMessageCount = 1L;
  @Limits(min = 1, max = Integer.MAX_VALUE)
  private Long maxMessageCount;
  @Limits(min = 0, max = Limits.MILLISECONDS)
  private Long readTimeoutMillis = 0L;

  public ReadMessagesOptions() {}

  public ReadMessagesOptions(Long desiredStartSequenceNumber, Long minMessageCount, Long maxMessageCount,
      Long readTimeoutMillis) {
    this.desiredStartSequenceNumber = desiredStartSequenceNumber;
    this.minMessageCount = minMessageCount;
    this.maxMessageCount = maxMessageCount;
    this.readTimeoutMillis = readTimeoutMillis;
  }

  public Long getDesiredStartSequenceNumber() { return desiredStartSequenceNumber; }
  public void setDesiredStartSequenceNumber(Long desiredStartSequenceNumber) { this.desiredStartSequenceNumber = desiredStartSequenceNumber; }
  public ReadMessagesOptions withDesiredStartSequenceNumber(Long desiredStartSequenceNumber) {
    setDesiredStartSequenceNumber(desiredStartSequenceNumber);
    return this;
  }

  public Long getMinMessageCount() { return minMessageCount; }
  public void setMinMessageCount(Long minMessageCount) { this.minMessageCount = minMessageCount; }
  public ReadMessagesOptions withMinMessageCount(Long minMessageCount) {
    setMinMessageCount(minMessageCount);
    return this;
  }

  public Long getMaxMessageCount() { return maxMessageCount; }
  public void setMaxMessageCount(Long maxMessageCount) { this.maxMessageCount = maxMessageCount; }
  public ReadMessagesOptions withMaxMessageCount(Long maxMessageCount) {
    setMaxMessageCount(maxMessageCount);
    return this;
  }

  public Long getReadTimeoutMillis() { return readTimeoutMillis; }
  public void setReadTimeoutMillis(Long readTimeoutMillis) { this.readTimeoutMillis = readTimeoutMillis; }
  public ReadMessagesOptions withReadTimeoutMillis(Long readTimeoutMillis) {
    setReadTimeoutMillis(readTimeoutMillis);
    return this;
  }
}
