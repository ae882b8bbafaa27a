package com.amazonaws.greengrass.common;

import fescue.runtime.Log;

/** The function's log, for SDKs. */
public class GreengrassLogger {
  public void log(byte[] message, LogLevel level) {
    Log.record(level.level, message);
  }

  public void debug(String message) {
    Log.record(Log.DEBUG, message);
  }

  public void info(String message) {
    Log.record(Log.INFO, message);
  }

  public void warn(String message) {
    Log.record(Log.WARN, message);
  }

  public void error(String message) {
    Log.record(Log.ERROR, message);
  }

  public void fatal(String message) {
    Log.record(Log.FATAL, message);
  }
}
