package com.amazonaws.greengrass.streammanager.client.exception;

/** No answer came in time. */
public class ClientTimeoutException extends StreamManagerException {
  private static final long serialVersionUID = 1;

  public ClientTimeoutException(String requestId, String status, String message) {
    super(requestId, status, message);
  }

  public ClientTimeoutException(String requestId, String status, String message, Throwable cause) {
    super(requestId, status, message, cause);
  }

  public ClientTimeoutException(String message) {
    super(message);
  }

  public ClientTimeoutException(Throwable cause) {
    super(cause);
  }

  public ClientTimeoutException(String message, Throwable cause) {
    super(message, cause);
  }
}
