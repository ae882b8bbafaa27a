package com.amazonaws.greengrass.javasdk;

/** Makes a client with what the core has set. */
public class SecretsManagerClientFactory implements ClientFactory {
  @Override
  public SecretsManagerClient build() {
    return new SecretsManagerClient();
  }
}
