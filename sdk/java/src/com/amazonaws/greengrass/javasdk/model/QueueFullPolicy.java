package com.amazonaws.greengrass.javasdk.model;

/** What becomes of a message for which a target has no room. */
public enum QueueFullPolicy {
  /** It is lost for that target. */
  BestEffort("BestEffort"),
  /** No target gets it, and publish() throws. */
  AllOrException("AllOrError");

  private final String wireName;

  QueueFullPolicy(String wireName) {
    this.wireName = wireName;
  }

  /** As the core spells it. */
  @Override
  public String toString() {
    return wireName;
  }
}
