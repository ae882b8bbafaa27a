package fescue.runtime;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;

/**
 * The worker's log: one pipe for each level, named by _GG_LOG_FD_LEVEL; the core stamps time and level on each line
 * (docs/compatibility/runtimes.md#log-descriptors). A record is its text and a newline, written at once. LOG_LEVEL filters
 * records.
 *
 * What functions print becomes records too: System.out INFO, System.err ERROR, and java.util.logging by its own levels.
 */
public final class Log {
  public static final int TRACE = 0;
  public static final int DEBUG = 1;
  public static final int INFO = 2;
  public static final int WARN = 3;
  public static final int ERROR = 4;
  public static final int FATAL = 5;

  private static final String[] NAMES = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
  private static final FileOutputStream[] PIPES = new FileOutputStream[NAMES.length];
  private static final String WANTED = System.getenv("LOG_LEVEL");
  private static final int THRESHOLD = WANTED == null || WANTED.isEmpty() ? INFO : levelNamed(WANTED);
  private static LinePrinter out;
  private static LinePrinter err;

  private Log() {}

  /** Throws if LOG_LEVEL is none of V1's names. */
  static void checkThreshold() {
    if (THRESHOLD < 0) throw new IllegalStateException("LOG_LEVEL is \"" + WANTED + "\", which is no level of V1's");
  }

  public static boolean isEnabled(int level) {
    return level >= THRESHOLD;
  }

  public static void record(int level, String text) {
    if (isEnabled(level)) record(level, text.getBytes(StandardCharsets.UTF_8));
  }

  /** text: of one record, without or with the newline at its end. */
  public static void record(int level, byte[] text) {
    if (!isEnabled(level)) return;
    boolean ended = text.length > 0 && text[text.length - 1] == '\n';
    byte[] line = new byte[ended ? text.length : text.length + 1];
    System.arraycopy(text, 0, line, 0, text.length);
    line[line.length - 1] = '\n';
    write(level, line, line.length);
  }

  static void info(String text) {
    record(INFO, text);
  }

  static void error(String text) {
    record(ERROR, text);
  }

  /** From here on what the function prints is logged. */
  static void capture() throws UnsupportedEncodingException {
    out = new LinePrinter(INFO);
    err = new LinePrinter(ERROR);
    System.setOut(new PrintStream(out, false, "UTF-8"));
    System.setErr(new PrintStream(err, false, "UTF-8"));
    if (System.getProperty("java.util.logging.config.class") == null
        && System.getProperty("java.util.logging.config.file") == null) {
      System.setProperty("java.util.logging.config.class", "fescue.runtime.LoggingHook");
    }
  }

  /** Records what was printed without a newline. */
  static void endLines() {
    if (out == null) return;
    out.endLine();
    err.endLine();
  }

  /** Lines of several threads do not mix, however long. Never fails: a function must not die of its log. */
  static void write(int level, byte[] data, int length) {
    FileOutputStream pipe = pipe(level);
    try {
      synchronized (pipe) {
        pipe.write(data, 0, length);
      }
    } catch (IOException gone) {
      // nobody reads it any more
    }
  }

  private static synchronized FileOutputStream pipe(int level) {
    if (PIPES[level] == null) PIPES[level] = openPipe(level);
    return PIPES[level];
  }

  /**
   * Java makes no stream of a descriptor's number, so the other pipes are opened anew by their entries in /proc: they belong
   * to the worker. Where that fails, standard output and error have to do.
   */
  private static FileOutputStream openPipe(int level) {
    String number = System.getenv("_GG_LOG_FD_" + NAMES[level]);
    int standard = level <= INFO ? 1 : 2;
    if (number != null && number.length() == 1 && "12".contains(number)) standard = number.charAt(0) - '0';
    else if (number != null && !number.isEmpty()) {
      try {
        return new FileOutputStream("/proc/self/fd/" + number);
      } catch (IOException notOurs) {
        // falls through
      }
    }
    return new FileOutputStream(standard == 1 ? FileDescriptor.out : FileDescriptor.err);
  }

  private static int levelNamed(String name) {
    if (name.equals("NOTSET")) return TRACE;
    for (int level = 0; level < NAMES.length; ++level) {
      if (NAMES[level].equals(name)) return level;
    }
    return -1;
  }
}
