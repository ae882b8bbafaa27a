package com.amazonaws.greengrass.javasdk.model;

/** A request that lacks something, or asks for what there is not. */
public class InvalidSecretsManagerRequestException extends GGSecretsManagerException {
  private static final long serialVersionUID = 1;

  public InvalidSecretsManagerRequestException(String message) {
    super(message);
  }

  public InvalidSecretsManagerRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
