package com.amazonaws.greengrass.streammanager.client.exception;

/** The stream manager took too long. */
public class ServerTimeoutException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ServerTimeoutException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public ServerTimeoutException(String message) {
    super(message);
  }
}
