package com.amazonaws.greengrass.streammanager.client;

import com.amazonaws.greengrass.streammanager.client.config.StreamManagerClientConfig;
import com.amazonaws.greengrass.streammanager.client.exception.StreamManagerException;

/** The stream manager is not part of this core yet: classes load, so that the rest of a function runs, and build() says so. */
public final class StreamManagerClientFactory {
  private StreamManagerClientFactory() {}

  public static StreamManagerClientFactory standard() {
    return new StreamManagerClientFactory();
  }

  public static StreamManagerClient defaultClient() throws StreamManagerException {
    return standard().build();
  }

  public StreamManagerClientFactory withClientConfig(StreamManagerClientConfig config) {
    return this;
  }

  public StreamManagerClient build() throws StreamManagerException {
    throw new StreamManagerException("Stream manager is not available on this core yet");
  }
}
