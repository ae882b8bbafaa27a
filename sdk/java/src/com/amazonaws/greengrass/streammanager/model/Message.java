package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** A message as it was read. */
public class Message extends Model {
  @Limits(required = true)
  private String streamName;
  private Long sequenceNumber;
  private Long ingestTime; // milliseconds since the epoch
  @Limits(required = true)
  private byte[] payload;

  public Message() {}

  public Message(String streamName, Long sequenceNumber, Long ingestTime, byte[] payload) {
    this.streamName = streamName;
    this.sequenceNumber = sequenceNumber;
    this.ingestTime = ingestTime;
    this.payload = payload;
  }

  public String getStreamName() { return streamName; }
  public void setStreamName(String streamName) { this.streamName = streamName; }
  public Message withStreamName(String streamName) { setStreamName(streamName); return this; }

  public Long getSequenceNumber() { return sequenceNumber; }
  public void setSequenceNumber(Long sequenceNumber) { this.sequenceNumber = sequenceNumber; }
  public Message withSequenceNumber(Long sequenceNumber) { setSequenceNumber(sequenceNumber); return this; }

  public Long getIngestTime() { return ingestTime; }
  public void setIngestTime(Long ingestTime) { this.ingestTime = ingestTime; }
  public Message withIngestTime(Long ingestTime) { setIngestTime(ingestTime); return this; }

  public byte[] getPayload() { return payload; }
  public void setPayload(byte[] payload) { this.payload = payload; }
  public Message withPayload(byte[] payload) { setPayload(payload); return this; }
}
