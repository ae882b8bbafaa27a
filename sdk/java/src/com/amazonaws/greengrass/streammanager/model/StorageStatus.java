package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Model;

/** What a stream holds. */
public class StorageStatus extends Model {
  private Long oldestSequenceNumber;
  private Long newestSequenceNumber;
  private Long totalBytes;

  public StorageStatus() {}

  public StorageStatus(Long oldestSequenceNumber, Long newestSequenceNumber, Long totalBytes) {
    this.oldestSequenceNumber = oldestSequenceNumber;
    this.newestSequenceNumber = newestSequenceNumber;
    this.totalBytes = totalBytes;
  }

  public Long getOldestSequenceNumber() { return oldestSequenceNumber; }
  public void setOldestSequenceNumber(Long oldestSequenceNumber) { this.oldestSequenceNumber = oldestSequenceNumber; }
  public StorageStatus withOldestSequenceNumber(Long oldestSequenceNumber) {
    setOldestSequenceNumber(oldestSequenceNumber);
    return this;
  }

  public Long getNewestSequenceNumber() { return newestSequenceNumber; }
  public void setNewestSequenceNumber(Long newestSequenceNumber) { this.newestSequenceNumber = newestSequenceNumber; }
  public StorageStatus withNewestSequenceNumber(Long newestSequenceNumber) {
    setNewestSequenceNumber(newestSequenceNumber);
    return this;
  }

  public Long getTotalBytes() { return totalBytes; }
  public void setTotalBytes(Long totalBytes) { this.totalBytes = totalBytes; }
  public StorageStatus withTotalBytes(Long totalBytes) { setTotalBytes(totalBytes); return this; }
}
