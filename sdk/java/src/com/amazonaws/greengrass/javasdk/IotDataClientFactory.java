package com.amazonaws.greengrass.javasdk;

/** Makes a client with what the core has set. */
public class IotDataClientFactory implements ClientFactory {
  @Override
  public IotDataClient build() {
    return new IotDataClient();
  }
}
