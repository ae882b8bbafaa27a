package fescue.runtime;

import fescue.runtime.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Exceptions as text and as the body of a handler's error. Whatever a function throws, nothing here does. */
final class Errors {
  private static final int MAX_MESSAGE_CHARS = 64 << 10;
  private static final int MAX_CAUSES = 16;
  private static final int MAX_FRAMES = 256;
  private static final String OWN_FRAMES = "fescue.runtime.";

  private Errors() {}

  /** The message, or what stands for it. */
  static String textOf(Throwable failure) {
    try {
      String message = failure.getMessage();
      if (message == null || message.isEmpty()) return failure.getClass().getName();
      return message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS);
    } catch (Throwable broken) {
      return failure.getClass().getName();
    }
  }

  /** Why a function cannot be loaded. The message of what a missing class causes is its name alone. */
  static String reasonOf(Throwable failure) {
    if (!(failure instanceof NoClassDefFoundError)) return textOf(failure);
    return "class " + textOf(failure).replace('/', '.') + " cannot be found or initialized";
  }

  /** As in the cloud: errorMessage, errorType, stackTrace and, as far as they go, causes of the same shape. */
  static byte[] bodyOf(Throwable failure) {
    try {
      return JsonWriter.write(fieldsOf(failure, 0));
    } catch (Throwable broken) {
      return bodyOf(textOf(failure));
    }
  }

  static byte[] bodyOf(String message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("errorMessage", message);
    return JsonWriter.write(fields);
  }

  private static Map<String, Object> fieldsOf(Throwable failure, int depth) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("errorMessage", textOf(failure));
    fields.put("errorType", failure.getClass().getName());
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : framesOf(failure)) frames.add(frame.toString());
    fields.put("stackTrace", frames);
    Throwable cause = failure.getCause();
    if (cause != null && cause != failure && depth < MAX_CAUSES) fields.put("cause", fieldsOf(cause, depth + 1));
    return fields;
  }

  /** For the log: as JVMs print it, without the runtime's own frames. */
  static String stackOf(Throwable failure) {
    try {
      return wholeStackOf(failure);
    } catch (Throwable broken) {
      return failure.getClass().getName() + ": " + textOf(failure);
    }
  }

  private static String wholeStackOf(Throwable failure) {
    StringBuilder out = new StringBuilder();
    Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_CAUSES; ++depth) {
      out.append(depth == 0 ? "" : "\nCaused by: ").append(at.getClass().getName()).append(": ").append(textOf(at));
      for (StackTraceElement frame : framesOf(at)) out.append("\n\tat ").append(frame);
      at = at.getCause() == at ? null : at.getCause();
    }
    return out.toString();
  }

  /** Down to the function's outermost one. */
  private static List<StackTraceElement> framesOf(Throwable failure) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (StackTraceElement frame : failure.getStackTrace()) {
      if (frame.getClassName().startsWith(OWN_FRAMES) || frames.size() == MAX_FRAMES) break;
      frames.add(frame);
    }
    while (!frames.isEmpty() && isReflection(frames.get(frames.size() - 1))) frames.remove(frames.size() - 1);
    return frames;
  }

  private static boolean isReflection(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("java.lang.reflect.") || name.startsWith("jdk.internal.reflect.")
        || name.startsWith("sun.reflect.") || name.startsWith("java.lang.invoke.");
  }
}
