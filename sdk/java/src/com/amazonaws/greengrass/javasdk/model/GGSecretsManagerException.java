package com.amazonaws.greengrass.javasdk.model;

/** A call of SecretsManagerClient that failed. */
public class GGSecretsManagerException extends Exception {
  private static final long serialVersionUID = 1;

  public GGSecretsManagerException(String message) {
    super(message);
  }

  public GGSecretsManagerException(String message, Throwable cause) {
    super(message, cause);
  }
}
