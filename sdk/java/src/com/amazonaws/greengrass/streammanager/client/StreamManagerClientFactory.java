package com.amazonaws.greengrass.streammanager.client;

import com.amazonaws.greengrass.streammanager.client.config.StreamManagerClientConfig;
import com.amazonaws.greengrass.streammanager.client.exception.ConnectException;
import com.amazonaws.greengrass.streammanager.client.exception.StreamManagerException;

/** The stream manager is not part of this core yet: build() says so, in the way in which it says that none can be reached. */
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
    throw new ConnectException("", "FailedToConnect", "Stream manager is not available on this core yet");
  }
}
