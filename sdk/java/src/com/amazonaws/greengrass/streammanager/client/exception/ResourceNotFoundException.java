package com.amazonaws.greengrass.streammanager.client.exception;

/** There is no such stream. */
public class ResourceNotFoundException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ResourceNotFoundException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public ResourceNotFoundException(String message) {
    super(message);
  }
}
