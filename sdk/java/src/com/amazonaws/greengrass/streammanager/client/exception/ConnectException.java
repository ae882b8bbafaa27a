package com.amazonaws.greengrass.streammanager.client.exception;

/** The stream manager cannot be reached, or refuses the connection. */
public class ConnectException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ConnectException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public ConnectException(String requestId, String status, String message, Throwable cause) {
    super(requestId, status, message, cause);
  }

  public ConnectException(String message) {
    super(message);
  }
}
