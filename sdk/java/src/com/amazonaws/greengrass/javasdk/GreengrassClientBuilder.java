package com.amazonaws.greengrass.javasdk;

import com.amazonaws.greengrass.streammanager.client.StreamManagerClientFactory;

/** Where the factories of all clients are. */
public final class GreengrassClientBuilder {
  private GreengrassClientBuilder() {}

  public static IotDataClientFactory iotDataClient() {
    return new IotDataClientFactory();
  }

  public static LambdaClientFactory lambdaClient() {
    return new LambdaClientFactory();
  }

  public static SecretsManagerClientFactory secretsManagerClient() {
    return new SecretsManagerClientFactory();
  }

  public static StreamManagerClientFactory streamManagerClient() {
    return StreamManagerClientFactory.standard();
  }
}
