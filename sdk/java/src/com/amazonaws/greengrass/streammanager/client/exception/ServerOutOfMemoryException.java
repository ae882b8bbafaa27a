package com.amazonaws.greengrass.streammanager.client.exception;

/** The stream manager is out of memory. */
public class ServerOutOfMemoryException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ServerOutOfMemoryException(String requestId, String status, String message) {
    super(requestId, status, message);
  }
}
