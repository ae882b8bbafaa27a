package com.amazonaws.greengrass.ipcsdk;

/** Calls of other functions and of the core's services (docs/compatibility/languages.md#java-classes). */
public interface IPCClient {
  /** invocationType: "Event" or "RequestResponse". clientContext: base64 of JSON, or null. Returns the invocation's id. */
  String postWork(String functionArn, String invocationType, byte[] payload, String clientContext) throws IPCException;

  /** Waits for what came of an invocation of type RequestResponse. */
  WorkResult getWorkResult(String functionArn, String invocationId) throws IPCException;
}
