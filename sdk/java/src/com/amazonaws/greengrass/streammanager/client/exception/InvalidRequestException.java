package com.amazonaws.greengrass.streammanager.client.exception;

/** The request breaks a rule; the message says which. */
public class InvalidRequestException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public InvalidRequestException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public InvalidRequestException(String message) {
    super(message);
  }
}
