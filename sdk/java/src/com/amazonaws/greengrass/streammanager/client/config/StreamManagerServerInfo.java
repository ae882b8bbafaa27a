package com.amazonaws.greengrass.streammanager.client.config;

import java.util.Map;

/**
 * Where the stream manager listens: as told, else as STREAM_MANAGER_SERVER_HOST and STREAM_MANAGER_SERVER_PORT say, else by
 * default. These two are looked up in the store, which is the environment.
 */
public class StreamManagerServerInfo {
  /** Names to values. */
  public interface InfoStore {
    Map<String, String> getMap();
  }

  private InfoStore infoStore = System::getenv;
  private String host;
  private Integer port;

  public InfoStore getInfoStore() {
    return infoStore;
  }

  public String getHost() {
    return host != null ? host : infoStore.getMap().getOrDefault("STREAM_MANAGER_SERVER_HOST", Defaults.HOST);
  }

  /** NumberFormatException when the variable is no number. */
  public int getPort() {
    String variable = infoStore.getMap().get("STREAM_MANAGER_SERVER_PORT");
    if (port != null) return port;
    return variable == null ? Defaults.PORT : Integer.parseInt(variable);
  }

  public static StreamManagerServerInfoBuilder builder() {
    return new StreamManagerServerInfoBuilder();
  }

  /** For one use. */
  public static class StreamManagerServerInfoBuilder {
    private final StreamManagerServerInfo made = new StreamManagerServerInfo();

    public StreamManagerServerInfoBuilder infoStore(InfoStore infoStore) {
      made.infoStore = infoStore;
      return this;
    }

    public StreamManagerServerInfoBuilder host(String host) {
      made.host = host;
      return this;
    }

    public StreamManagerServerInfoBuilder port(Integer port) {
      made.port = port;
      return this;
    }

    public StreamManagerServerInfo build() {
      return made;
    }
  }
}
