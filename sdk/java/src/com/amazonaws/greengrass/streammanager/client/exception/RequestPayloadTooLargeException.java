package com.amazonaws.greengrass.streammanager.client.exception;

/** More than a request may hold. */
public class RequestPayloadTooLargeException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public RequestPayloadTooLargeException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public RequestPayloadTooLargeException(String message) {
    super(message);
  }
}
