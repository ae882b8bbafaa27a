package com.amazonaws.greengrass.common;

import fescue.runtime.Log;

/** V1's levels. NOTSET is as low as TRACE. */
public enum LogLevel {
  FATAL(Log.FATAL),
  ERROR(Log.ERROR),
  WARN(Log.WARN),
  INFO(Log.INFO),
  DEBUG(Log.DEBUG),
  TRACE(Log.TRACE),
  NOTSET(Log.TRACE);

  final int level;

  LogLevel(int level) {
    this.level = level;
  }
}
