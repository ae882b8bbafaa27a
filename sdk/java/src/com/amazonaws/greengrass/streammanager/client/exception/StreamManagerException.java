package com.amazonaws.greengrass.streammanager.client.exception;

/** A call of the stream manager that failed. */
public class StreamManagerException extends Exception {
  private static final long serialVersionUID = 1;

  public StreamManagerException(String message) {
    super(message);
  }

  public StreamManagerException(String message, Throwable cause) {
    super(message, cause);
  }
}
