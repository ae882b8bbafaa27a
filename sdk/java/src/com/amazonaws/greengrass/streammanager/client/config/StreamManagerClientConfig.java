package com.amazonaws.greengrass.streammanager.client.config;

/** How a client connects, and how long it waits. Loggers are taken, as Slf4J's class is not here, and not used. */
public final class StreamManagerClientConfig {
  private StreamManagerServerInfo serverInfo = new StreamManagerServerInfo();
  private long requestTimeoutSeconds = Defaults.REQUEST_TIMEOUT_SECONDS;
  private int connectTimeoutMilliSeconds = Defaults.CONNECT_TIMEOUT_MILLISECONDS;

  private StreamManagerClientConfig() {}

  public StreamManagerServerInfo getServerInfo() {
    return serverInfo;
  }

  public StreamManagerAuthInfo getAuthInfo() {
    return new StreamManagerAuthInfo();
  }

  public long getRequestTimeoutSeconds() {
    return requestTimeoutSeconds;
  }

  public int getConnectTimeoutMilliSeconds() {
    return connectTimeoutMilliSeconds;
  }

  public void setLogger(Object logger) {}

  public static StreamManagerClientConfigBuilder builder() {
    return new StreamManagerClientConfigBuilder();
  }

  /** For one use. */
  public static class StreamManagerClientConfigBuilder {
    private final StreamManagerClientConfig made = new StreamManagerClientConfig();

    public StreamManagerClientConfigBuilder serverInfo(StreamManagerServerInfo serverInfo) {
      made.serverInfo = serverInfo;
      return this;
    }

    public StreamManagerClientConfigBuilder requestTimeoutSeconds(long seconds) {
      made.requestTimeoutSeconds = seconds;
      return this;
    }

    public StreamManagerClientConfigBuilder connectTimeoutMilliSeconds(int milliseconds) {
      made.connectTimeoutMilliSeconds = milliseconds;
      return this;
    }

    public StreamManagerClientConfigBuilder logger(Object logger) {
      return this;
    }

    public StreamManagerClientConfig build() {
      return made;
    }

    public StreamManagerClientConfig defaultClientConfig() {
      return new StreamManagerClientConfig();
    }
  }
}
