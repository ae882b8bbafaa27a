package com.amazonaws.greengrass.streammanager.model.sitewise;

import fescue.sdk.Limits;
import fescue.sdk.Model;

/** One value of one of these types. */
public class Variant extends Model {
  @Limits(min = 1, max = 1024, pattern = Limits.PRINTABLE)
  private String stringValue;
  @Limits(min = 0, max = Integer.MAX_VALUE)
  private Long integerValue;
  private Double doubleValue;
  private Boolean booleanValue;

  public Variant() {}

  public Variant(String stringValue, Long integerValue, Double doubleValue, Boolean booleanValue) {
    this.stringValue = stringValue;
    this.integerValue = integerValue;
    this.doubleValue = doubleValue;
    this.booleanValue = booleanValue;
  }

  public String getStringValue() { return stringValue; }
  public void setStringValue(String stringValue) { this.stringValue = stringValue; }
  public Variant withStringValue(String stringValue) { setStringValue(stringValue); return this; }

  public Long getIntegerValue() { return integerValue; }
  public void setIntegerValue(Long integerValue) { this.integerValue = integerValue; }
  public Variant withIntegerValue(Long integerValue) { setIntegerValue(integerValue); return this; }

  public Double getDoubleValue() { return doubleValue; }
  public void setDoubleValue(Double doubleValue) { this.doubleValue = doubleValue; }
  public Variant withDoubleValue(Double doubleValue) { setDoubleValue(doubleValue); return this; }

  public Boolean getBooleanValue() { return booleanValue; }
  public void setBooleanValue(Boolean booleanValue) { this.booleanValue = booleanValue; }
  public Variant withBooleanValue(Boolean booleanValue) { setBooleanValue(booleanValue); return this; }
}
