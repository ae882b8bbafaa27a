package com.amazonaws.greengrass.streammanager.model;

import com.amazonaws.greengrass.streammanager.model.export.ExportStatus;
import fescue.sdk.Limits;
import fescue.sdk.Model;
import java.util.ArrayList;
import java.util.List;

/** What a stream is, and how far its exports are. */
public class MessageStreamInfo extends Model {
  @Limits(required = true)
  private MessageStreamDefinition definition;
  @Limits(required = true)
  private StorageStatus storageStatus;
  private List<ExportStatus> exportStatuses = new ArrayList<>();

  public MessageStreamInfo() {}

  public MessageStreamInfo(MessageStreamDefinition definition, StorageStatus storageStatus,
      List<ExportStatus> exportStatuses) {
    this.definition = definition;
    this.storageStatus = storageStatus;
    this.exportStatuses = exportStatuses;
  }

  public MessageStreamDefinition getDefinition() { return definition; }
  public void setDefinition(MessageStreamDefinition definition) { this.definition = definition; }
  public MessageStreamInfo withDefinition(MessageStreamDefinition definition) {
    setDefinition(definition);
    return this;
  }

  public StorageStatus getStorageStatus() { return storageStatus; }
  public void setStorageStatus(StorageStatus storageStatus) { this.storageStatus = storageStatus; }
  public MessageStreamInfo withStorageStatus(StorageStatus storageStatus) {
    setStorageStatus(storageStatus);
    return this;
  }

  public List<ExportStatus> getExportStatuses() { return exportStatuses; }
  public void setExportStatuses(List<ExportStatus> exportStatuses) { this.exportStatuses = exportStatuses; }
  public MessageStreamInfo withExportStatuses(List<ExportStatus> exportStatuses) {
    setExportStatuses(exportStatuses);
    return this;
  }
}
