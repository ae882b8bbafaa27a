package com.amazonaws.greengrass.common;

/** A text that is not the ARN of a function. */
public class InvalidArnException extends Exception {
  private static final long serialVersionUID = 1;

  public InvalidArnException(String message) {
    super(message);
  }
}
