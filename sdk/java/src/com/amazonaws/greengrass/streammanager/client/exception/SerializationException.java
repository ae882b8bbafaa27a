package com.amazonaws.greengrass.streammanager.client.exception;

/** A request or an answer cannot be put into bytes or read from them. */
public class SerializationException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public SerializationException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public SerializationException(String requestId, String status, String message, Throwable cause) {
    super(requestId, status, message, cause);
  }

  public SerializationException(String message) {
    super(message);
  }

  public SerializationException(Throwable cause) {
    super(cause);
  }

  public SerializationException(String message, Throwable cause) {
    super(message, cause);
  }
}
