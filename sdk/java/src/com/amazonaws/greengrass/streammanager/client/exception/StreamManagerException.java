package com.amazonaws.greengrass.streammanager.client.exception;

/** A call of the stream manager that failed; the status is the name of its code, where there was an answer. */
public class StreamManagerException extends Exception {
  private static final long serialVersionUID = 1;

  private final String requestId;
  private final String status;

  public StreamManagerException(String requestId, String status, String message) {
    this(requestId, status, message, null);
  }

  public StreamManagerException(String requestId, String status, String message, Throwable cause) {
    super(message, cause);
    this.requestId = requestId;
    this.status = status;
  }

  public StreamManagerException(String message) {
    this(null, null, message, null);
  }

  public StreamManagerException(Throwable cause) {
    this(null, null, cause == null ? null : cause.toString(), cause);
  }

  public StreamManagerException(String message, Throwable cause) {
    this(null, null, message, cause);
  }

  public String getStatus() {
    return status;
  }

  public String getRequestId() {
    return requestId;
  }
}
