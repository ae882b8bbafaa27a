package com.amazonaws.greengrass.streammanager.client.config;

import java.util.Optional;

/** By what the core knows the function. */
public class StreamManagerAuthInfo {
  public static final String STREAM_MANAGER_AUTH_TOKEN_KEY = "AWS_CONTAINER_AUTHORIZATION_TOKEN";

  StreamManagerAuthInfo() {}

  public Optional<String> getAuthToken() {
    return Optional.ofNullable(System.getenv(STREAM_MANAGER_AUTH_TOKEN_KEY));
  }
}
