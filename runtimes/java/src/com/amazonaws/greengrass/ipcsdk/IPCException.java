package com.amazonaws.greengrass.ipcsdk;

/** A call that the core refused, or that it could not be asked. SDKs make their messages from the cause. */
public class IPCException extends Exception {
  private static final long serialVersionUID = 1;

  public IPCException(String message) {
    super(message, new RuntimeException(message, null, false, false) {
      private static final long serialVersionUID = 1;

      @Override
      public String toString() {
        return getMessage();
      }
    });
  }

  public IPCException(String message, Throwable cause) {
    super(message, cause);
  }
}
