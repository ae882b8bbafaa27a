package com.amazonaws.greengrass.streammanager.client.exception;

/** The change is of something that cannot be changed. */
public class UpdateNotAllowedException extends InvalidRequestException {
  private static final long serialVersionUID = 1;

  public UpdateNotAllowedException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public UpdateNotAllowedException(String message) {
    super(message);
  }
}
