package com.amazonaws.greengrass.javasdk.model;

/** A request that lacks something. */
public class InvalidIotDataRequestException extends GGIotDataException {
  private static final long serialVersionUID = 1;

  public InvalidIotDataRequestException(String message) {
    super(message);
  }

  public InvalidIotDataRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
