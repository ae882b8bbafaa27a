package com.amazonaws.greengrass.streammanager.client.exception;

/** The function has no right to that. */
public class UnauthorizedException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public UnauthorizedException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public UnauthorizedException(String message) {
    super(message);
  }
}
