package com.amazonaws.greengrass.streammanager.model;

/** A stream to be made: its name is needed. Exports are not here yet. */
public class MessageStreamDefinition {
  private String name;
  private Long maxSize;
  private Long streamSegmentSize;
  private Long timeToLiveMillis;
  private StrategyOnFull strategyOnFull;
  private Persistence persistence;
  private Boolean flushOnWrite;

  public String getName() {
    return name;
  }

  public void setName(String name) {
    this.name = name;
  }

  public MessageStreamDefinition withName(String name) {
    setName(name);
    return this;
  }

  public Long getMaxSize() {
    return maxSize;
  }

  public void setMaxSize(Long maxSize) {
    this.maxSize = maxSize;
  }

  public MessageStreamDefinition withMaxSize(Long maxSize) {
    setMaxSize(maxSize);
    return this;
  }

  public Long getStreamSegmentSize() {
    return streamSegmentSize;
  }

  public void setStreamSegmentSize(Long streamSegmentSize) {
    this.streamSegmentSize = streamSegmentSize;
  }

  public MessageStreamDefinition withStreamSegmentSize(Long streamSegmentSize) {
    setStreamSegmentSize(streamSegmentSize);
    return this;
  }

  public Long getTimeToLiveMillis() {
    return timeToLiveMillis;
  }

  public void setTimeToLiveMillis(Long timeToLiveMillis) {
    this.timeToLiveMillis = timeToLiveMillis;
  }

  public MessageStreamDefinition withTimeToLiveMillis(Long timeToLiveMillis) {
    setTimeToLiveMillis(timeToLiveMillis);
    return this;
  }

  public StrategyOnFull getStrategyOnFull() {
    return strategyOnFull;
  }

  public void setStrategyOnFull(StrategyOnFull strategyOnFull) {
    this.strategyOnFull = strategyOnFull;
  }

  public MessageStreamDefinition withStrategyOnFull(StrategyOnFull strategyOnFull) {
    setStrategyOnFull(strategyOnFull);
    return this;
  }

  public Persistence getPersistence() {
    return persistence;
  }

  public void setPersistence(Persistence persistence) {
    this.persistence = persistence;
  }

  public MessageStreamDefinition withPersistence(Persistence persistence) {
    setPersistence(persistence);
    return this;
  }

  public Boolean getFlushOnWrite() {
    return flushOnWrite;
  }

  public void setFlushOnWrite(Boolean flushOnWrite) {
    this.flushOnWrite = flushOnWrite;
  }

  public MessageStreamDefinition withFlushOnWrite(Boolean flushOnWrite) {
    setFlushOnWrite(flushOnWrite);
    return this;
  }
}
