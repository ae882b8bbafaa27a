package com.amazonaws.greengrass.streammanager.client.exception;

/** The stream manager failed in a way that it has no name for. */
public class UnknownFailureException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public UnknownFailureException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public UnknownFailureException(String message) {
    super(message);
  }
}
