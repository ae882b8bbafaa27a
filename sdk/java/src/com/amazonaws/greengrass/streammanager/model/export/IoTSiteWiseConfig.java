package com.amazonaws.greengrass.streammanager.model.export;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** An export to properties of IoT SiteWise; messages are PutAssetPropertyValueEntry. */
public class IoTSiteWiseConfig extends Model {
  @Limits(required = true, min = 1, max = 255, pattern = Limits.NAME)
  private String identifier;
  @Limits(min = 1, max = 10)
  private Long batchSize;
  @Limits(min = 60_000, max = Limits.MILLISECONDS)
  private Long batchIntervalMillis;
  @Limits(min = 1, max = 10)
  private Long priority;
  @Limits(min = 0)
  private Long startSequenceNumber;
  private Boolean disabled;

  public IoTSiteWiseConfig() {}

  public IoTSiteWiseConfig(String identifier, Long batchSize, Long batchIntervalMillis, Long priority,
      Long startSequenceNumber, Boolean disabled) {
    this.identifier = identifier;
    this.batchSize = batchSize;
    this.batchIntervalMillis = batchIntervalMillis;
    this.priority = priority;
    this.startSequenceNumber = startSequenceNumber;
    this.disabled = disabled;
  }

  public String getIdentifier() { return identifier; }
  public void setIdentifier(String identifier) { this.identifier = identifier; }
  public IoTSiteWiseConfig withIdentifier(String identifier) { setIdentifier(identifier); return this; }

  public Long getBatchSize() { return batchSize; }
  public void setBatchSize(Long batchSize) { this.batchSize = batchSize; }
  public IoTSiteWiseConfig withBatchSize(Long batchSize) { setBatchSize(batchSize); return this; }

  public Long getBatchIntervalMillis() { return batchIntervalMillis; }
  public void setBatchIntervalMillis(Long batchIntervalMillis) { this.batchIntervalMillis = batchIntervalMillis; }
  public IoTSiteWiseConfig withBatchIntervalMillis(Long batchIntervalMillis) {
    setBatchIntervalMillis(batchIntervalMillis);
    return this;
  }

  public Long getPriority() { return priority; }
  public void setPriority(Long priority) { this.priority = priority; }
  public IoTSiteWiseConfig withPriority(Long priority) { setPriority(priority); return this; }

  public Long getStartSequenceNumber() { return startSequenceNumber; }
  public void setStartSequenceNumber(Long startSequenceNumber) { this.startSequenceNumber = startSequenceNumber; }
  public IoTSiteWiseConfig withStartSequenceNumber(Long startSequenceNumber) {
    setStartSequenceNumber(startSequenceNumber);
    return this;
  }

  public Boolean getDisabled() { return disabled; }
  public void setDisabled(Boolean disabled) { this.disabled = disabled; }
  public IoTSiteWiseConfig withDisabled(Boolean disabled) { setDisabled(disabled); return this; }
}
