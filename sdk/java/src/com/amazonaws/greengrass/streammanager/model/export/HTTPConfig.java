package com.amazonaws.greengrass.streammanager.model.export;

import com.amazonaws.greengrass.streammanager.model.ExportFormat;
import fescue.sdk.Limits;
import fescue.sdk.Model;

/** An export by POST, for tests. */
public class HTTPConfig extends Model {
  @Limits(required = true, min = 1, max = 255, pattern = Limits.NAME)
  private String identifier;
  @Limits(required = true, min = 1)
  private String uri;
  @Limits(min = 1, max = 500)
  private Long batchSize;
  @Limits(min = 60_000, max = Limits.MILLISECONDS)
  private Long batchIntervalMillis;
  @Limits(min = 1, max = 10)
  private Long priority;
  @Limits(min = 0)
  private Long startSequenceNumber;
  private Boolean disabled;
  private ExportFormat exportFormat;

  public HTTPConfig() {}

  public HTTPConfig(String identifier, String uri, Long batchSize, Long batchIntervalMillis, Long priority,
      Long startSequenceNumber, Boolean disabled, ExportFormat exportFormat) {
    this.identifier = identifier;
    this.uri = uri;
    this.batchSize = batchSize;
    this.batchIntervalMillis = batchIntervalMillis;
    this.priority = priority;
    this.startSequenceNumber = startSequenceNumber;
    this.disabled = disabled;
    this.exportFormat = exportFormat;
  }

  public String getIdentifier() { return identifier; }
  public void setIdentifier(String identifier) { this.identifier = identifier; }
  public HTTPConfig withIdentifier(String identifier) { setIdentifier(identifier); return this; }

  public String getUri() { return uri; }
  public void setUri(String uri) { this.uri = uri; }
  public HTTPConfig withUri(String uri) { setUri(uri); return this; }

  public Long getBatchSize() { return batchSize; }
  public void setBatchSize(Long batchSize) { this.batchSize = batchSize; }
  public HTTPConfig withBatchSize(Long batchSize) { setBatchSize(batchSize); return this; }

  public Long getBatchIntervalMillis() { return batchIntervalMillis; }
  public void setBatchIntervalMillis(Long batchIntervalMillis) { this.batchIntervalMillis = batchIntervalMillis; }
  public HTTPConfig withBatchIntervalMillis(Long batchIntervalMillis) {
    setBatchIntervalMillis(batchIntervalMillis);
    return this;
  }

  public Long getPriority() { return priority; }
  public void setPriority(Long priority) { this.priority = priority; }
  public HTTPConfig withPriority(Long priority) { setPriority(priority); return this; }

  public Long getStartSequenceNumber() { return startSequenceNumber; }
  public void setStartSequenceNumber(Long startSequenceNumber) { this.startSequenceNumber = startSequenceNumber; }
  public HTTPConfig withStartSequenceNumber(Long startSequenceNumber) {
    setStartSequenceNumber(startSequenceNumber);
    return this;
  }

  public Boolean getDisabled() { return disabled; }
  public void setDisabled(Boolean disabled) { this.disabled = disabled; }
  public HTTPConfig withDisabled(Boolean disabled) { setDisabled(disabled); return this; }

  public ExportFormat getExportFormat() { return exportFormat; }
  public void setExportFormat(ExportFormat exportFormat) { this.exportFormat = exportFormat; }
  public HTTPConfig withExportFormat(ExportFormat exportFormat) { setExportFormat(exportFormat); return this; }
}
