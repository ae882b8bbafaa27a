package com.amazonaws.greengrass.streammanager.model;

import com.amazonaws.greengrass.streammanager.model.export.ExportDefinition;
import fescue.sdk.Limits;
import fescue.sdk.Model;

/** A stream to be made or changed: its name and its strategy are needed. */
public class MessageStreamDefinition extends Model {
  @Limits(required = true, min = 1, max = 255, pattern = Limits.NAME)
  private String name;
  @Limits(min = 1024)
  private Long maxSize = 256L << 20;
  @Limits(min = 1024, max = Integer.MAX_VALUE)
  private Long streamSegmentSize = 16L << 20;
  @Limits(min = 60_000, max = Limits.MILLISECONDS)
  private Long timeToLiveMillis;
  @Limits(required = true)
  private StrategyOnFull strategyOnFull;
  private Persistence persistence = Persistence.File;
  private Boolean flushOnWrite;
  private ExportDefinition exportDefinition;

  public MessageStreamDefinition() {}

  public MessageStreamDefinition(String name, Long maxSize, Long streamSegmentSize, Long timeToLiveMillis,
      StrategyOnFull strategyOnFull, Persistence persistence, Boolean flushOnWrite,
      ExportDefinition exportDefinition) {
    this.name = name;
    this.maxSize = maxSize;
    this.streamSegmentSize = streamSegmentSize;
    this.timeToLiveMillis = timeToLiveMillis;
    this.strategyOnFull = strategyOnFull;
    this.persistence = persistence;
    this.flushOnWrite = flushOnWrite;
    this.exportDefinition = exportDefinition;
  }

  public String getName() { return name; }
  public void setName(String name) { this.name = name; }
  public MessageStreamDefinition withName(String name) { setName(name); return this; }

  public Long getMaxSize() { return maxSize; }
  public void setMaxSize(Long maxSize) { this.maxSize = maxSize; }
  public MessageStreamDefinition withMaxSize(Long maxSize) { setMaxSize(maxSize); return this; }

  public Long getStreamSegmentSize() { return streamSegmentSize; }
  public void setStreamSegmentSize(Long streamSegmentSize) { this.streamSegmentSize = streamSegmentSize; }
  public MessageStreamDefinition withStreamSegmentSize(Long streamSegmentSize) {
    setStreamSegmentSize(streamSegmentSize);
    return this;
  }

  public Long getTimeToLiveMillis() { return timeToLiveMillis; }
  public void setTimeToLiveMillis(Long timeToLiveMillis) { this.timeToLiveMillis = timeToLiveMillis; }
  public MessageStreamDefinition withTimeToLiveMillis(Long timeToLiveMillis) {
    setTimeToLiveMillis(timeToLiveMillis);
    return this;
  }

  public StrategyOnFull getStrategyOnFull() { return strategyOnFull; }
  public void setStrategyOnFull(StrategyOnFull strategyOnFull) { this.strategyOnFull = strategyOnFull; }
  public MessageStreamDefinition withStrategyOnFull(StrategyOnFull strategyOnFull) {
    setStrategyOnFull(strategyOnFull);
    return this;
  }

  public Persistence getPersistence() { return persistence; }
  public void setPersistence(Persistence persistence) { this.persistence = persistence; }
  public MessageStreamDefinition withPersistence(Persistence persistence) { setPersistence(persistence); return this; }

  public Boolean getFlushOnWrite() { return flushOnWrite; }
  public void setFlushOnWrite(Boolean flushOnWrite) { this.flushOnWrite = flushOnWrite; }
  public MessageStreamDefinition withFlushOnWrite(Boolean flushOnWrite) { setFlushOnWrite(flushOnWrite); return this; }

  public ExportDefinition getExportDefinition() { return exportDefinition; }
  public void setExportDefinition(ExportDefinition exportDefinition) { this.exportDefinition = exportDefinition; }
  public MessageStreamDefinition withExportDefinition(ExportDefinition exportDefinition) {
    setExportDefinition(exportDefinition);
    return this;
  }
}
