package com.amazonaws.greengrass.streammanager.model.export;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** How far one export is. */
public class ExportStatus extends Model {
  private String exportConfigIdentifier;
  @Limits(required = true)
  private Long lastExportedSequenceNumber;
  private Long lastExportTime;
  private String errorMessage;
  private Long exportedBytesFromStream;
  private Long exportedMessagesCount;

  public ExportStatus() {}

  public ExportStatus(String exportConfigIdentifier, Long lastExportedSequenceNumber, Long lastExportTime,
      String errorMessage, Long exportedBytesFromStream, Long exportedMessagesCount) {
    this.exportConfigIdentifier = exportConfigIdentifier;
    this.lastExportedSequenceNumber = lastExportedSequenceNumber;
    this.lastExportTime = lastExportTime;
    this.errorMessage = errorMessage;
    this.exportedBytesFromStream = exportedBytesFromStream;
    this.exportedMessagesCount = exportedMessagesCount;
  }

  public String getExportConfigIdentifier() { return exportConfigIdentifier; }
  public void setExportConfigIdentifier(String exportConfigIdentifier) { this.exportConfigIdentifier = exportConfigIdentifier; }
  public ExportStatus withExportConfigIdentifier(String exportConfigIdentifier) {
    setExportConfigIdentifier(exportConfigIdentifier);
    return this;
  }

  public Long getLastExportedSequenceNumber() { return lastExportedSequenceNumber; }
  public void setLastExportedSequenceNumber(Long lastExportedSequenceNumber) { this.lastExportedSequenceNumber = lastExportedSequenceNumber; }
  public ExportStatus withLastExportedSequenceNumber(Long lastExportedSequenceNumber) {
    setLastExportedSequenceNumber(lastExportedSequenceNumber);
    return this;
  }

  public Long getLastExportTime() { return lastExportTime; }
  public void setLastExportTime(Long lastExportTime) { this.lastExportTime = lastExportTime; }
  public ExportStatus withLastExportTime(Long lastExportTime) { setLastExportTime(lastExportTime); return this; }

  public String getErrorMessage() { return errorMessage; }
  public void setErrorMessage(String errorMessage) { this.errorMessage = errorMessage; }
  public ExportStatus withErrorMessage(String errorMessage) { setErrorMessage(errorMessage); return this; }

  public Long getExportedBytesFromStream() { return exportedBytesFromStream; }
  public void setExportedBytesFromStream(Long exportedBytesFromStream) { this.exportedBytesFromStream = exportedBytesFromStream; }
  public ExportStatus withExportedBytesFromStream(Long exportedBytesFromStream) {
    setExportedBytesFromStream(exportedBytesFromStream);
    return this;
  }

  public Long getExportedMessagesCount() { return exportedMessagesCount; }
  public void setExportedMessagesCount(Long exportedMessagesCount) { this.exportedMessagesCount = exportedMessagesCount; }
  public ExportStatus withExportedMessagesCount(Long exportedMessagesCount) {
    setExportedMessagesCount(exportedMessagesCount);
    return this;
  }
}
