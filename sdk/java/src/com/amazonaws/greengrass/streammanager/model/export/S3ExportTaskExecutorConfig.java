package com.amazonaws.greengrass.streammanager.model.export;

import com.amazonaws.greengrass.streammanager.model.StatusConfig;
import fescue.sdk.Limits;
import fescue.sdk.Model;

/** An export of files to buckets; messages are S3ExportTaskDefinition. */
public class S3ExportTaskExecutorConfig extends Model {
  @Limits(required = true, min = 1, max = 255, pattern = Limits.NAME)
  private String identifier;
  @Limits(min = 5 << 20)
  private Long sizeThresholdForMultipartUploadBytes;
  @Limits(min = 1, max = 10)
  private Long priority;
  private Boolean disabled;
  private StatusConfig statusConfig;

  public S3ExportTaskExecutorConfig() {}

  public S3ExportTaskExecutorConfig(String identifier, Long sizeThresholdForMultipartUploadBytes, Long priority,
      Boolean disabled, StatusConfig statusConfig) {
    this.identifier = identifier;
    this.sizeThresholdForMultipartUploadBytes = sizeThresholdForMultipartUploadBytes;
    this.priority = priority;
    this.disabled = disabled;
    this.statusConfig = statusConfig;
  }

  public String getIdentifier() { return identifier; }
  public void setIdentifier(String identifier) { this.identifier = identifier; }
  public S3ExportTaskExecutorConfig withIdentifier(String identifier) { setIdentifier(identifier); return this; }

  public Long getSizeThresholdForMultipartUploadBytes() { return sizeThresholdForMultipartUploadBytes; }
  public void setSizeThresholdForMultipartUploadBytes(Long sizeThresholdForMultipartUploadBytes) { this.sizeThresholdForMultipartUploadBytes = sizeThresholdForMultipartUploadBytes; }
  public S3ExportTaskExecutorConfig withSizeThresholdForMultipartUploadBytes(Long sizeThresholdForMultipartUploadBytes) {
    setSizeThresholdForMultipartUploadBytes(sizeThresholdForMultipartUploadBytes);
    return this;
  }

  public Long getPriority() { return priority; }
  public void setPriority(Long priority) { this.priority = priority; }
  public S3ExportTaskExecutorConfig withPriority(Long priority) { setPriority(priority); return this; }

  public Boolean getDisabled() { return disabled; }
  public void setDisabled(Boolean disabled) { this.disabled = disabled; }
  public S3ExportTaskExecutorConfig withDisabled(Boolean disabled) { setDisabled(disabled); return this; }

  public StatusConfig getStatusConfig() { return statusConfig; }
  public void setStatusConfig(StatusConfig statusConfig) { this.statusConfig = statusConfig; }
  public S3ExportTaskExecutorConfig withStatusConfig(StatusConfig statusConfig) {
    setStatusConfig(statusConfig);
    return this;
  }
}
