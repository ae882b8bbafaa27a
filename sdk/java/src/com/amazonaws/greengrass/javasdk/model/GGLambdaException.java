package com.amazonaws.greengrass.javasdk.model;

/** A call of LambdaClient that failed. */
public class GGLambdaException extends Exception {
  private static final long serialVersionUID = 1;

  public GGLambdaException(String message) {
    super(message);
  }

  public GGLambdaException(String message, Throwable cause) {
    super(message, cause);
  }
}
