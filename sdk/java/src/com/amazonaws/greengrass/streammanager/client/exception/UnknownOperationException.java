package com.amazonaws.greengrass.streammanager.client.exception;

/** The stream manager does not know the request. */
public class UnknownOperationException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public UnknownOperationException(String requestId, String status, String message) {
    super(requestId, status, message);
  }
}
