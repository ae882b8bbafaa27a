package com.amazonaws.greengrass.javasdk;

/** What this SDK asks of a core. */
public final class InterfaceVersion {
  public static final String INTERFACE_VERSION = "1.5";

  private InterfaceVersion() {}
}
