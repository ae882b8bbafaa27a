package sun.misc;

import java.lang.reflect.Field;

/** For the compiler alone: every JVM has the real one, which --release 8 hides. */
public final class Unsafe {
  private Unsafe() {}

  public native long objectFieldOffset(Field field);

  public native void putInt(Object object, long offset, int value);
}
