package com.amazonaws.services.lambda.runtime;

/** The log of the function. */
public interface LambdaLogger {
  void log(String message);

  void log(byte[] message);
}
