package com.amazonaws.greengrass.streammanager.model;

/** What a stream is. */
public class MessageStreamInfo {
  private MessageStreamDefinition definition;

  public MessageStreamDefinition getDefinition() {
    return definition;
  }

  public void setDefinition(MessageStreamDefinition definition) {
    this.definition = definition;
  }

  public MessageStreamInfo withDefinition(MessageStreamDefinition definition) {
    setDefinition(definition);
    return this;
  }
}
