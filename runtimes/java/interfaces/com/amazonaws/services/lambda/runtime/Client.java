package com.amazonaws.services.lambda.runtime;

/** The application that called, as it described itself. */
public interface Client {
  String getInstallationId();

  String getAppTitle();

  String getAppVersionName();

  String getAppVersionCode();

  String getAppPackageName();
}
