package java.net;

/** For the compiler alone: JVMs have the real one from Java 16 on. */
public abstract class UnixDomainSocketAddress extends SocketAddress {
  public static native UnixDomainSocketAddress of(String path);
}
