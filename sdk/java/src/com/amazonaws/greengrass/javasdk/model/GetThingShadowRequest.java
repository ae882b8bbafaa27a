package com.amazonaws.greengrass.javasdk.model;

/** Whose shadow. */
public class GetThingShadowRequest {
  private String thingName;

  public String getThingName() {
    return thingName;
  }

  public void setThingName(String thingName) {
    this.thingName = thingName;
  }

  public GetThingShadowRequest withThingName(String thingName) {
    setThingName(thingName);
    return this;
  }
}
