package com.amazonaws.greengrass.javasdk.model;

/** The group attaches no such secret to the function. */
public class SecretResourceNotFoundException extends GGSecretsManagerException {
  private static final long serialVersionUID = 1;

  public SecretResourceNotFoundException(String message) {
    super(message);
  }

  public SecretResourceNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
