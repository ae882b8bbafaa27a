package com.amazonaws.greengrass.javasdk.model;

/** secretId: name or ARN. versionStage: AWSCURRENT without one. versionId is not supported, as on V1. */
public class GetSecretValueRequest {
  private String secretId;
  private String versionId;
  private String versionStage;

  public String getSecretId() {
    return secretId;
  }

  public void setSecretId(String secretId) {
    this.secretId = secretId;
  }

  public GetSecretValueRequest withSecretId(String secretId) {
    setSecretId(secretId);
    return this;
  }

  public String getVersionId() {
    return versionId;
  }

  public void setVersionId(String versionId) {
    this.versionId = versionId;
  }

  public GetSecretValueRequest withVersionId(String versionId) {
    setVersionId(versionId);
    return this;
  }

  public String getVersionStage() {
    return versionStage;
  }

  public void setVersionStage(String versionStage) {
    this.versionStage = versionStage;
  }

  public GetSecretValueRequest withVersionStage(String versionStage) {
    setVersionStage(versionStage);
    return this;
  }
}
