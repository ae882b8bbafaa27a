package fescue.runtime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/**
 * Sends java.util.logging to the worker's log, by level. The LogManager makes one when the function first logs with it,
 * unless the function has a configuration of its own.
 */
public final class LoggingHook {
  public LoggingHook() throws IOException {
    String configuration = "handlers = " + Pipes.class.getName() + "\n.level = " + leastLevel() + "\n";
    LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(configuration.getBytes("ISO-8859-1")));
  }

  private static String leastLevel() {
    if (Log.isEnabled(Log.TRACE)) return "ALL";
    if (Log.isEnabled(Log.DEBUG)) return "FINE";
    return Log.isEnabled(Log.INFO) ? "INFO" : "WARNING";
  }

  /** "logger,message", as the other runtimes write "file:line,message", and the stack of what was thrown. */
  public static final class Pipes extends Handler {
    private final Formatter formatter = new SimpleFormatter();

    @Override
    public void publish(LogRecord record) {
      int level = levelOf(record.getLevel());
      if (!Log.isEnabled(level)) return;
      String text = record.getLoggerName() + "," + formatter.formatMessage(record);
      if (record.getThrown() != null) text += "\n" + Errors.stackOf(record.getThrown());
      Log.record(level, text);
    }

    private static int levelOf(Level level) {
      int value = level.intValue();
      if (value >= Level.SEVERE.intValue()) return Log.ERROR;
      if (value >= Level.WARNING.intValue()) return Log.WARN;
      if (value >= Level.INFO.intValue()) return Log.INFO;
      return value >= Level.FINE.intValue() ? Log.DEBUG : Log.TRACE;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
