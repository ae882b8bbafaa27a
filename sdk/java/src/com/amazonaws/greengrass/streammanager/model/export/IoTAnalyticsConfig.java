package com.amazonaws.greengrass.streammanager.model.export;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** An export to a channel of IoT Analytics. */
public class IoTAnalyticsConfig extends Model {
  @Limits(required = true, min = 1, max = 255, pattern = Limits.NAME)
  private String identifier;
  @Limits(required = true, min = 1)
  private String iotChannel;
  @Limits(min = 0, max = 32)
  private String iotMsgIdPrefix;
  @Limits(min = 1, max = 100)
  private Long batchSize;
  @Limits(min = 60_000, max = Limits.MILLISECONDS)
  private Long batchIntervalMillis;
  @Limits(min = 1, max = 10)
  private Long priority;
  @Limits(min = 0)
  private Long startSequenceNumber;
  private Boolean disabled;

  public IoTAnalyticsConfig() {}

  public IoTAnalyticsConfig(String identifier, String iotChannel, String iotMsgIdPrefix, Long batchSize,
      Long batchIntervalMillis, Long priority, Long startSequenceNumber, Boolean disabled) {
    this.identifier = identifier;
    this.iotChannel = iotChannel;
    this.iotMsgIdPrefix = iotMsgIdPrefix;
    this.batchSize = batchSize;
    this.batchIntervalMillis = batchIntervalMillis;
    this.priority = priority;
    this.startSequenceNumber = startSequenceNumber;
    this.disabled = disabled;
  }

  public String getIdentifier() { return identifier; }
  public void setIdentifier(String identifier) { this.identifier = identifier; }
  public IoTAnalyticsConfig withIdentifier(String identifier) { setIdentifier(identifier); return this; }

  public String getIotChannel() { return iotChannel; }
  public void setIotChannel(String iotChannel) { this.iotChannel = iotChannel; }
  public IoTAnalyticsConfig withIotChannel(String iotChannel) { setIotChannel(iotChannel); return this; }

  public String getIotMsgIdPrefix() { return iotMsgIdPrefix; }
  public void setIotMsgIdPrefix(String iotMsgIdPrefix) { this.iotMsgIdPrefix = iotMsgIdPrefix; }
  public IoTAnalyticsConfig withIotMsgIdPrefix(String iotMsgIdPrefix) {
    setIotMsgIdPrefix(iotMsgIdPrefix);
    return this;
  }

  public Long getBatchSize() { return batchSize; }
  public void setBatchSize(Long batchSize) { this.batchSize = batchSize; }
  public IoTAnalyticsConfig withBatchSize(Long batchSize) { setBatchSize(batchSize); return this; }

  public Long getBatchIntervalMillis() { return batchIntervalMillis; }
  public void setBatchIntervalMillis(Long batchIntervalMillis) { this.batchIntervalMillis = batchIntervalMillis; }
  public IoTAnalyticsConfig withBatchIntervalMillis(Long batchIntervalMillis) {
    setBatchIntervalMillis(batchIntervalMillis);
    return this;
  }

  public Long getPriority() { return priority; }
  public void setPriority(Long priority) { this.priority = priority; }
  public IoTAnalyticsConfig withPriority(Long priority) { setPriority(priority); return this; }

  public Long getStartSequenceNumber() { return startSequenceNumber; }
  public void setStartSequenceNumber(Long startSequenceNumber) { this.startSequenceNumber = startSequenceNumber; }
  public IoTAnalyticsConfig withStartSequenceNumber(Long startSequenceNumber) {
    setStartSequenceNumber(startSequenceNumber);
    return this;
  }

  public Boolean getDisabled() { return disabled; }
  public void setDisabled(Boolean disabled) { this.disabled = disabled; }
  public IoTAnalyticsConfig withDisabled(Boolean disabled) { setDisabled(disabled); return this; }
}
