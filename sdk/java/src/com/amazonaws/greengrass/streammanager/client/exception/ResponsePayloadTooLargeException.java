package com.amazonaws.greengrass.streammanager.client.exception;

/** More than an answer may hold. */
public class ResponsePayloadTooLargeException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ResponsePayloadTooLargeException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public ResponsePayloadTooLargeException(String message) {
    super(message);
  }
}
