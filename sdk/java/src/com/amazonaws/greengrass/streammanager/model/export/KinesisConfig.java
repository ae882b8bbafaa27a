package com.amazonaws.greengrass.streammanager.model.export;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** An export to a stream of Kinesis. */
public class KinesisConfig extends Model {
  @Limits(required = true, min = 1, max = 255, pattern = Limits.NAME)
  private String identifier;
  @Limits(required = true, min = 1)
  private String kinesisStreamName;
  @Limits(min = 1, max = 500)
  private Long batchSize;
  @Limits(min = 60_000, max = Limits.MILLISECONDS)
  private Long batchIntervalMillis;
  @Limits(min = 1, max = 10)
  private Long priority;
  @Limits(min = 0)
  private Long startSequenceNumber;
  private Boolean disabled;

  public KinesisConfig() {}

  public KinesisConfig(String identifier, String kinesisStreamName, Long batchSize, Long batchIntervalMillis,
      Long priority, Long startSequenceNumber, Boolean disabled) {
    this.identifier = identifier;
    this.kinesisStreamName = kinesisStreamName;
    this.batchSize = batchSize;
    this.batchIntervalMillis = batchIntervalMillis;
    this.priority = priority;
    this.startSequenceNumber = startSequenceNumber;
    this.disabled = disabled;
  }

  public String getIdentifier() { return identifier; }
  public void setIdentifier(String identifier) { this.identifier = identifier; }
  public KinesisConfig withIdentifier(String identifier) { setIdentifier(identifier); return this; }

  public String getKinesisStreamName() { return kinesisStreamName; }
  public void setKinesisStreamName(String kinesisStreamName) { this.kinesisStreamName = kinesisStreamName; }
  public KinesisConfig withKinesisStreamName(String kinesisStreamName) {
    setKinesisStreamName(kinesisStreamName);
    return this;
  }

  public Long getBatchSize() { return batchSize; }
  public void setBatchSize(Long batchSize) { this.batchSize = batchSize; }
  public KinesisConfig withBatchSize(Long batchSize) { setBatchSize(batchSize); return this; }

  public Long getBatchIntervalMillis() { return batchIntervalMillis; }
  public void setBatchIntervalMillis(Long batchIntervalMillis) { this.batchIntervalMillis = batchIntervalMillis; }
  public KinesisConfig withBatchIntervalMillis(Long batchIntervalMillis) {
    setBatchIntervalMillis(batchIntervalMillis);
    return this;
  }

  public Long getPriority() { return priority; }
  public void setPriority(Long priority) { this.priority = priority; }
  public KinesisConfig withPriority(Long priority) { setPriority(priority); return this; }

  public Long getStartSequenceNumber() { return startSequenceNumber; }
  public void setStartSequenceNumber(Long startSequenceNumber) { this.startSequenceNumber = startSequenceNumber; }
  public KinesisConfig withStartSequenceNumber(Long startSequenceNumber) {
    setStartSequenceNumber(startSequenceNumber);
    return this;
  }

  public Boolean getDisabled() { return disabled; }
  public void setDisabled(Boolean disabled) { this.disabled = disabled; }
  public KinesisConfig withDisabled(Boolean disabled) { setDisabled(disabled); return this; }
}
