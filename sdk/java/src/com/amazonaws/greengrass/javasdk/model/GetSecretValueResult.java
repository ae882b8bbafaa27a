package com.amazonaws.greengrass.javasdk.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;

/** A secret: its string or its bytes. */
public class GetSecretValueResult {
  private String arn;
  private Date createdDate;
  private String name;
  private ByteBuffer secretBinary;
  private String secretString;
  private String versionId;
  private List<String> versionStages;

  public String getARN() {
    return arn;
  }

  public void setARN(String arn) {
    this.arn = arn;
  }

  public GetSecretValueResult withARN(String value) {
    setARN(value);
    return this;
  }

  public Date getCreatedDate() {
    return createdDate;
  }

  public void setCreatedDate(Date createdDate) {
    this.createdDate = createdDate;
  }

  public GetSecretValueResult withCreatedDate(Date value) {
    setCreatedDate(value);
    return this;
  }

  public String getName() {
    return name;
  }

  public void setName(String name) {
    this.name = name;
  }

  public GetSecretValueResult withName(String value) {
    setName(value);
    return this;
  }

  public ByteBuffer getSecretBinary() {
    return secretBinary;
  }

  public void setSecretBinary(ByteBuffer secretBinary) {
    this.secretBinary = secretBinary;
  }

  public GetSecretValueResult withSecretBinary(ByteBuffer value) {
    setSecretBinary(value);
    return this;
  }

  public String getSecretString() {
    return secretString;
  }

  public void setSecretString(String secretString) {
    this.secretString = secretString;
  }

  public GetSecretValueResult withSecretString(String value) {
    setSecretString(value);
    return this;
  }

  public String getVersionId() {
    return versionId;
  }

  public void setVersionId(String versionId) {
    this.versionId = versionId;
  }

  public GetSecretValueResult withVersionId(String value) {
    setVersionId(value);
    return this;
  }

  public List<String> getVersionStages() {
    return versionStages;
  }

  public void setVersionStages(Collection<String> versionStages) {
    this.versionStages = versionStages == null ? null : new ArrayList<>(versionStages);
  }

  public GetSecretValueResult withVersionStages(Collection<String> value) {
    setVersionStages(value);
    return this;
  }

  public GetSecretValueResult withVersionStages(String... values) {
    setVersionStages(Arrays.asList(values));
    return this;
  }
}
