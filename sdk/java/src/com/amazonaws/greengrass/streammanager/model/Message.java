package com.amazonaws.greengrass.streammanager.model;

/** A message of a stream. */
public class Message {
  private String streamName;
  private Long sequenceNumber;
  private Long ingestTime;
  private byte[] payload;

  public String getStreamName() {
    return streamName;
  }

  public void setStreamName(String streamName) {
    this.streamName = streamName;
  }

  public Message withStreamName(String streamName) {
    setStreamName(streamName);
    return this;
  }

  public Long getSequenceNumber() {
    return sequenceNumber;
  }

  public void setSequenceNumber(Long sequenceNumber) {
    this.sequenceNumber = sequenceNumber;
  }

  public Message withSequenceNumber(Long sequenceNumber) {
    setSequenceNumber(sequenceNumber);
    return this;
  }

  public Long getIngestTime() {
    return ingestTime;
  }

  public void setIngestTime(Long ingestTime) {
    this.ingestTime = ingestTime;
  }

  public Message withIngestTime(Long ingestTime) {
    setIngestTime(ingestTime);
    return this;
  }

  public byte[] getPayload() {
    return payload;
  }

  public void setPayload(byte[] payload) {
    this.payload = payload;
  }

  public Message withPayload(byte[] payload) {
    setPayload(payload);
    return this;
  }
}
