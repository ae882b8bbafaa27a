package com.amazonaws.greengrass.javasdk;

/** Makes clients. */
public interface ClientFactory {
  GGClient build();
}
