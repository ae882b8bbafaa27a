package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** What became of a task: the payload of a message of a status stream. */
public class StatusMessage extends Model {
  @Limits(required = true)
  private EventType eventType;
  private StatusLevel statusLevel = StatusLevel.INFO;
  @Limits(required = true)
  private Status status = Status.Success;
  private StatusContext statusContext;
  private String message;
  private Long timestampEpochMs;

  public StatusMessage() {}

  public StatusMessage(EventType eventType, StatusLevel statusLevel, Status status, StatusContext statusContext,
      String message, Long timestampEpochMs) {
    this.eventType = eventType;
    this.statusLevel = statusLevel;
    this.status = status;
    this.statusContext = statusContext;
    this.message = message;
    this.timestampEpochMs = timestampEpochMs;
  }

  public EventType getEventType() { return eventType; }
  public void setEventType(EventType eventType) { this.eventType = eventType; }
  public StatusMessage withEventType(EventType eventType) { setEventType(eventType); return this; }

  public StatusLevel getStatusLevel() { return statusLevel; }
  public void setStatusLevel(StatusLevel statusLevel) { this.statusLevel = statusLevel; }
  public StatusMessage withStatusLevel(StatusLevel statusLevel) { setStatusLevel(statusLevel); return this; }

  public Status getStatus() { return status; }
  public void setStatus(Status status) { this.status = status; }
  public StatusMessage withStatus(Status status) { setStatus(status); return this; }

  public StatusContext getStatusContext() { return statusContext; }
  public void setStatusContext(StatusContext statusContext) { this.statusContext = statusContext; }
  public StatusMessage withStatusContext(StatusContext statusContext) { setStatusContext(statusContext); return this; }

  public String getMessage() { return message; }
  public void setMessage(String message) { this.message = message; }
  public StatusMessage withMessage(String message) { setMessage(message); return this; }

  public Long getTimestampEpochMs() { return timestampEpochMs; }
  public void setTimestampEpochMs(Long timestampEpochMs) { this.timestampEpochMs = timestampEpochMs; }
  public StatusMessage withTimestampEpochMs(Long timestampEpochMs) {
    setTimestampEpochMs(timestampEpochMs);
    return this;
  }
}
