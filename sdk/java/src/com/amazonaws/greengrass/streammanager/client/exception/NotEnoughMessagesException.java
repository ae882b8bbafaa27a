package com.amazonaws.greengrass.streammanager.client.exception;

/** There are fewer messages than were asked for. */
public class NotEnoughMessagesException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public NotEnoughMessagesException(String requestId, String status, String message) {
    super(requestId, status, message);
  }
}
