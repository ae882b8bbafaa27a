package com.amazonaws.greengrass.javasdk.model;

/** A request that lacks something, or contradicts itself. */
public class InvalidLambdaRequestException extends GGLambdaException {
  private static final long serialVersionUID = 1;

  public InvalidLambdaRequestException(String message) {
    super(message);
  }

  public InvalidLambdaRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
