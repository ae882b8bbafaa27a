package fescue.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/**
 * The connection that the process was started with, which has two numbers: 0, which Java has an object for, and
 * one that programs which the function starts do not inherit as their standard input. For that one Java has to be outwitted,
 * which it allows up to version 23.
 */
final class Descriptors {
  private static final int LAST_THAT_ALLOWS = 23;

  private Descriptors() {}

  /** number: the other one. Where the connection is that one, standard input becomes empty. */
  static FileDescriptor connection(String number) {
    if (javaVersion() > LAST_THAT_ALLOWS) return FileDescriptor.in;
    try {
      Field only = Unsafe.class.getDeclaredField("theUnsafe");
      only.setAccessible(true);
      Unsafe unsafe = (Unsafe) only.get(null);
      FileDescriptor descriptor = new FileDescriptor();
      unsafe.putInt(descriptor, unsafe.objectFieldOffset(FileDescriptor.class.getDeclaredField("fd")), Integer.parseInt(number));
      new FileInputStream(FileDescriptor.in).close(); // the JVM puts /dev/null in its place
      return descriptor;
    } catch (ReflectiveOperationException | IOException | RuntimeException refused) {
      return FileDescriptor.in;
    }
  }

  /** "1.8" is 8. */
  private static int javaVersion() {
    String version = System.getProperty("java.specification.version");
    return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
  }
}
