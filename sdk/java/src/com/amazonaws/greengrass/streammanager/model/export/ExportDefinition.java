package com.amazonaws.greengrass.streammanager.model.export;

import fescue.sdk.Limits;
import fescue.sdk.Model;
import java.util.ArrayList;
import java.util.List;

/** Where the messages of a stream go, by kind. */
public class ExportDefinition extends Model {
  private List<HTTPConfig> http = new ArrayList<>();
  private List<IoTAnalyticsConfig> iotAnalytics = new ArrayList<>();
  private List<KinesisConfig> kinesis = new ArrayList<>();
  @Limits(name = "IotSitewise")
  private List<IoTSiteWiseConfig> iotSitewise = new ArrayList<>();
  private List<S3ExportTaskExecutorConfig> s3TaskExecutor = new ArrayList<>();

  public ExportDefinition() {}

  public ExportDefinition(List<HTTPConfig> http, List<IoTAnalyticsConfig> iotAnalytics, List<KinesisConfig> kinesis,
      List<IoTSiteWiseConfig> iotSitewise, List<S3ExportTaskExecutorConfig> s3TaskExecutor) {
    this.http = http;
    this.iotAnalytics = iotAnalytics;
    this.kinesis = kinesis;
    this.iotSitewise = iotSitewise;
    this.s3TaskExecutor = s3TaskExecutor;
  }

  public List<HTTPConfig> getHttp() { return http; }
  public void setHttp(List<HTTPConfig> http) { this.http = http; }
  public ExportDefinition withHttp(List<HTTPConfig> http) { setHttp(http); return this; }

  public List<IoTAnalyticsConfig> getIotAnalytics() { return iotAnalytics; }
  public void setIotAnalytics(List<IoTAnalyticsConfig> iotAnalytics) { this.iotAnalytics = iotAnalytics; }
  public ExportDefinition withIotAnalytics(List<IoTAnalyticsConfig> iotAnalytics) {
    setIotAnalytics(iotAnalytics);
    return this;
  }

  public List<KinesisConfig> getKinesis() { return kinesis; }
  public void setKinesis(List<KinesisConfig> kinesis) { this.kinesis = kinesis; }
  public ExportDefinition withKinesis(List<KinesisConfig> kinesis) { setKinesis(kinesis); return this; }

  public List<IoTSiteWiseConfig> getIotSitewise() { return iotSitewise; }
  public void setIotSitewise(List<IoTSiteWiseConfig> iotSitewise) { this.iotSitewise = iotSitewise; }
  public ExportDefinition withIotSitewise(List<IoTSiteWiseConfig> iotSitewise) {
    setIotSitewise(iotSitewise);
    return this;
  }

  public List<S3ExportTaskExecutorConfig> getS3TaskExecutor() { return s3TaskExecutor; }
  public void setS3TaskExecutor(List<S3ExportTaskExecutorConfig> s3TaskExecutor) { this.s3TaskExecutor = s3TaskExecutor; }
  public ExportDefinition withS3TaskExecutor(List<S3ExportTaskExecutorConfig> s3TaskExecutor) {
    setS3TaskExecutor(s3TaskExecutor);
    return this;
  }
}
