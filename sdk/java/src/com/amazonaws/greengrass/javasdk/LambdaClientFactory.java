package com.amazonaws.greengrass.javasdk;

/** Makes a client with what the core has set. */
public class LambdaClientFactory implements ClientFactory {
  @Override
  public LambdaClient build() {
    return new LambdaClient();
  }
}
