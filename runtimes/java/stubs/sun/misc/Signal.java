package sun.misc;

/** For the compiler alone: every JVM has the real one, which --release 8 hides. */
public final class Signal {
  public Signal(String name) {}

  public static native SignalHandler handle(Signal signal, SignalHandler handler);
}
