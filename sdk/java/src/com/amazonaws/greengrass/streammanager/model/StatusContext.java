package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Model;

/** What a status is about. */
public class StatusContext extends Model {
  private S3ExportTaskDefinition s3ExportTaskDefinition;
  private String exportIdentifier;
  private String streamName;
  private Long sequenceNumber;

  public StatusContext() {}

  public StatusContext(S3ExportTaskDefinition s3ExportTaskDefinition, String exportIdentifier, String streamName,
      Long sequenceNumber) {
    this.s3ExportTaskDefinition = s3ExportTaskDefinition;
    this.exportIdentifier = exportIdentifier;
    this.streamName = streamName;
    this.sequenceNumber = sequenceNumber;
  }

  public S3ExportTaskDefinition getS3ExportTaskDefinition() { return s3ExportTaskDefinition; }
  public void setS3ExportTaskDefinition(S3ExportTaskDefinition s3ExportTaskDefinition) { this.s3ExportTaskDefinition = s3ExportTaskDefinition; }
  public StatusContext withS3ExportTaskDefinition(S3ExportTaskDefinition s3ExportTaskDefinition) {
    setS3ExportTaskDefinition(s3ExportTaskDefinition);
    return this;
  }

  public String getExportIdentifier() { return exportIdentifier; }
  public void setExportIdentifier(String exportIdentifier) { this.exportIdentifier = exportIdentifier; }
  public StatusContext withExportIdentifier(String exportIdentifier) {
    setExportIdentifier(exportIdentifier);
    return this;
  }

  public String getStreamName() { return streamName; }
  public void setStreamName(String streamName) { this.streamName = streamName; }
  public StatusContext withStreamName(String streamName) { setStreamName(streamName); return this; }

  public Long getSequenceNumber() { return sequenceNumber; }
  public void setSequenceNumber(Long sequenceNumber) { this.sequenceNumber = sequenceNumber; }
  public StatusContext withSequenceNumber(Long sequenceNumber) { setSequenceNumber(sequenceNumber); return this; }
}
