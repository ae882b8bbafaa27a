package sun.misc;

/** For the compiler alone: every JVM has the real one, which --release 8 hides. */
public interface SignalHandler {
  void handle(Signal signal);
}
