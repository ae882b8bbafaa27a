package com.amazonaws.greengrass.streammanager.model;

/** Which messages to read, and how long to wait for them. */
public class ReadMessagesOptions {
  private Long desiredStartSequenceNumber;
  private Long minMessageCount;
  private Long maxMessageCount;
  private Long readTimeoutMillis;

  public Long getDesiredStartSequenceNumber() {
    return desiredStartSequenceNumber;
  }

  public void setDesiredStartSequenceNumber(Long desiredStartSequenceNumber) {
    this.desiredStartSequenceNumber = desiredStartSequenceNumber;
  }

  public ReadMessagesOptions withDesiredStartSequenceNumber(Long desiredStartSequenceNumber) {
    setDesiredStartSequenceNumber(desiredStartSequenceNumber);
    return this;
  }

  public Long getMinMessageCount() {
    return minMessageCount;
  }

  public void setMinMessageCount(Long minMessageCount) {
    this.minMessageCount = minMessageCount;
  }

  public ReadMessagesOptions withMinMessageCount(Long minMessageCount) {
    setMinMessageCount(minMessageCount);
    return this;
  }

  public Long getMaxMessageCount() {
    return maxMessageCount;
  }

  public void setMaxMessageCount(Long maxMessageCount) {
    this.maxMessageCount = maxMessageCount;
  }

  public ReadMessagesOptions withMaxMessageCount(Long maxMessageCount) {
    setMaxMessageCount(maxMessageCount);
    return this;
  }

  public Long getReadTimeoutMillis() {
    return readTimeoutMillis;
  }

  public void setReadTimeoutMillis(Long readTimeoutMillis) {
    this.readTimeoutMillis = readTimeoutMillis;
  }

  public ReadMessagesOptions withReadTimeoutMillis(Long readTimeoutMillis) {
    setReadTimeoutMillis(readTimeoutMillis);
    return this;
  }
}
