package com.amazonaws.greengrass.streammanager.client.exception;

/** A call of a client that was closed. */
public class ClientClosedException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ClientClosedException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public ClientClosedException(String requestId, String status, String message, Throwable cause) {
    super(requestId, status, message, cause);
  }

  public ClientClosedException(String message) {
    super(message);
  }

  public ClientClosedException(Throwable cause) {
    super(cause);
  }

  public ClientClosedException(String message, Throwable cause) {
    super(message, cause);
  }
}
