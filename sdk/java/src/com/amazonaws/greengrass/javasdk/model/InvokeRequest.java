package com.amazonaws.greengrass.javasdk.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** functionArn: with its version, unless qualifier has it. clientContext: base64 of JSON. By default waits for the result. */
public class InvokeRequest {
  private String functionArn;
  private InvocationType invocationType;
  private String clientContext;
  private ByteBuffer payload;
  private String qualifier;

  public String getFunctionArn() {
    return functionArn;
  }

  public void setFunctionArn(String functionArn) {
    this.functionArn = functionArn;
  }

  public InvokeRequest withFunctionArn(String functionArn) {
    setFunctionArn(functionArn);
    return this;
  }

  public InvocationType getInvocationType() {
    return invocationType;
  }

  public void setInvocationType(InvocationType invocationType) {
    this.invocationType = invocationType;
  }

  public InvokeRequest withInvocationType(InvocationType invocationType) {
    setInvocationType(invocationType);
    return this;
  }

  public String getClientContext() {
    return clientContext;
  }

  public void setClientContext(String clientContext) {
    this.clientContext = clientContext;
  }

  public InvokeRequest withClientContext(String clientContext) {
    setClientContext(clientContext);
    return this;
  }

  public ByteBuffer getPayload() {
    return payload;
  }

  public void setPayload(ByteBuffer payload) {
    this.payload = payload;
  }

  public void setPayload(String payload) {
    this.payload = ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8));
  }

  public InvokeRequest withPayload(ByteBuffer payload) {
    setPayload(payload);
    return this;
  }

  public InvokeRequest withPayload(String payload) {
    setPayload(payload);
    return this;
  }

  public String getQualifier() {
    return qualifier;
  }

  public void setQualifier(String qualifier) {
    this.qualifier = qualifier;
  }

  public InvokeRequest withQualifier(String qualifier) {
    setQualifier(qualifier);
    return this;
  }
}
