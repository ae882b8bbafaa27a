package com.amazonaws.greengrass.streammanager.model;

import fescue.sdk.Limits;
import fescue.sdk.Model;
import java.io.Serializable;
import java.util.Map;

/** A file to be put into a bucket: the payload of a message of a stream with such an export. */
public class S3ExportTaskDefinition extends Model implements Serializable {
  private static final long serialVersionUID = 1;

  @Limits(required = true)
  private String inputUrl;
  @Limits(required = true, min = 3, max = 63, pattern = Limits.BUCKET)
  private String bucket;
  @Limits(required = true, min = 1, max = 1024, pattern = Limits.KEY)
  private String key;
  private Map<String, String> userMetadata;

  public S3ExportTaskDefinition() {}

  public S3ExportTaskDefinition(String inputUrl, String bucket, String key, Map<String, String> userMetadata) {
    this.inputUrl = inputUrl;
    this.bucket = bucket;
    this.key = key;
    this.userMetadata = userMetadata;
  }

  public String getInputUrl() { return inputUrl; }
  public void setInputUrl(String inputUrl) { this.inputUrl = inputUrl; }
  public S3ExportTaskDefinition withInputUrl(String inputUrl) { setInputUrl(inputUrl); return this; }

  public String getBucket() { return bucket; }
  public void setBucket(String bucket) { this.bucket = bucket; }
  public S3ExportTaskDefinition withBucket(String bucket) { setBucket(bucket); return this; }

  public String getKey() { return key; }
  public void setKey(String key) { this.key = key; }
  public S3ExportTaskDefinition withKey(String key) { setKey(key); return this; }

  public Map<String, String> getUserMetadata() { return userMetadata; }
  public void setUserMetadata(Map<String, String> userMetadata) { this.userMetadata = userMetadata; }
  public S3ExportTaskDefinition withUserMetadata(Map<String, String> userMetadata) {
    setUserMetadata(userMetadata);
    return this;
  }
}
