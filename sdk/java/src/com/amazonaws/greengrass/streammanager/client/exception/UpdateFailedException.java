package com.amazonaws.greengrass.streammanager.client.exception;

/** A permitted change did not succeed. */
public class UpdateFailedException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public UpdateFailedException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public UpdateFailedException(String message) {
    super(message);
  }
}
