package com.amazonaws.greengrass.streammanager.model.sitewise;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** A value at a time. */
public class AssetPropertyValue extends Model {
  @Limits(required = true)
  private Variant value;
  @Limits(required = true)
  private TimeInNanos timestamp;
  private Quality quality;

  public AssetPropertyValue() {}

  public AssetPropertyValue(Variant value, TimeInNanos timestamp, Quality quality) {
    this.value = value;
    this.timestamp = timestamp;
    this.quality = quality;
  }

  public Variant getValue() { return value; }
  public void setValue(Variant value) { this.value = value; }
  public AssetPropertyValue withValue(Variant value) { setValue(value); return this; }

  public TimeInNanos getTimestamp() { return timestamp; }
  public void setTimestamp(TimeInNanos timestamp) { this.timestamp = timestamp; }
  public AssetPropertyValue withTimestamp(TimeInNanos timestamp) { setTimestamp(timestamp); return this; }

  public Quality getQuality() { return quality; }
  public void setQuality(Quality quality) { this.quality = quality; }
  public AssetPropertyValue withQuality(Quality quality) { setQuality(quality); return this; }
}
