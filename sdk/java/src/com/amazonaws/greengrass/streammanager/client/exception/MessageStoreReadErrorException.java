package com.amazonaws.greengrass.streammanager.client.exception;

/** Stored messages cannot be read. */
public class MessageStoreReadErrorException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public MessageStoreReadErrorException(String requestId, String status, String message) {
    super(requestId, status, message);
  }
}
