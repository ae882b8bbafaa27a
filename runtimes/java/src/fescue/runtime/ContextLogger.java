package fescue.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;

/** Records at INFO, as V1 did. Has the methods of every version of its interface, which packages may bring. */
final class ContextLogger implements LambdaLogger {
  static final LambdaLogger INSTANCE = new ContextLogger();

  private ContextLogger() {}

  @Override
  public void log(String message) {
    Log.record(Log.INFO, String.valueOf(message));
  }

  @Override
  public void log(byte[] message) {
    Log.record(Log.INFO, message);
  }
}
