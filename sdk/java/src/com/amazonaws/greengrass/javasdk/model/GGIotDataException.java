package com.amazonaws.greengrass.javasdk.model;

/** A call of IotDataClient that failed. */
public class GGIotDataException extends Exception {
  private static final long serialVersionUID = 1;

  public GGIotDataException(String message) {
    super(message);
  }

  public GGIotDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
