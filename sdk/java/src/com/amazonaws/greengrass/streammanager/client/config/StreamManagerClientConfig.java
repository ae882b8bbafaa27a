package com.amazonaws.greengrass.streammanager.client.config;

/** How a client connects; of no effect yet. */
public final class StreamManagerClientConfig {
  private StreamManagerClientConfig() {}

  public static StreamManagerClientConfigBuilder builder() {
    return new StreamManagerClientConfigBuilder();
  }

  /** Makes configurations. */
  public static class StreamManagerClientConfigBuilder {
    public StreamManagerClientConfigBuilder requestTimeoutSeconds(long seconds) {
      return this;
    }

    public StreamManagerClientConfigBuilder connectTimeoutMilliSeconds(int milliseconds) {
      return this;
    }

    public StreamManagerClientConfig build() {
      return new StreamManagerClientConfig();
    }
  }
}
