package com.amazonaws.greengrass.javasdk;

import com.amazonaws.greengrass.common.FunctionArnFields;
import com.amazonaws.greengrass.common.InvalidArnException;
import com.amazonaws.greengrass.ipcsdk.DefaultIPCClient;
import com.amazonaws.greengrass.ipcsdk.IPCClient;
import com.amazonaws.greengrass.ipcsdk.IPCException;
import com.amazonaws.greengrass.ipcsdk.WorkResult;
import com.amazonaws.greengrass.javasdk.model.GGLambdaException;
import com.amazonaws.greengrass.javasdk.model.InvalidLambdaRequestException;
import com.amazonaws.greengrass.javasdk.model.InvocationType;
import com.amazonaws.greengrass.javasdk.model.InvokeRequest;
import com.amazonaws.greengrass.javasdk.model.InvokeResponse;
import java.nio.ByteBuffer;
import java.util.Base64;

/** Runs other functions of the group, and carries the calls of the other clients to the core's own services. */
public class LambdaClient extends GGClient {
  private static final int ACCEPTED = 202;

  private final IPCClient ipc;

  public LambdaClient() {
    this(new DefaultIPCClient());
  }

  public LambdaClient(IPCClient ipc) {
    this.ipc = ipc;
  }

  /** The request is not changed. GGLambdaException when the core refuses it or cannot be asked. */
  public InvokeResponse invoke(InvokeRequest request) throws GGLambdaException {
    String functionArn;
    try {
      functionArn = checkedArn(request);
    } catch (InvalidLambdaRequestException invalid) {
      throw new GGLambdaException("Invoke Request is invalid", invalid);
    }
    boolean waits = request.getInvocationType() != InvocationType.Event;
    InvocationType type = waits ? InvocationType.RequestResponse : InvocationType.Event;
    String id;
    try {
      id = ipc.postWork(functionArn, type.name(), bytesOf(request.getPayload()), request.getClientContext());
    } catch (IPCException refused) {
      throw new GGLambdaException("Post work error: " + refused.getCause(), refused);
    }
    InvokeResponse response = new InvokeResponse();
    response.setStatusCode(ACCEPTED);
    if (waits) fill(response, functionArn, id);
    return response;
  }

  private void fill(InvokeResponse response, String functionArn, String id) throws GGLambdaException {
    try {
      WorkResult result = ipc.getWorkResult(functionArn, id);
      response.setStatusCode(result.getStatusCode());
      response.setPayload(ByteBuffer.wrap(result.getPayload()));
      response.setFunctionErr(result.getFunctionErr());
    } catch (IPCException refused) {
      throw new GGLambdaException("Failed to get work result for function: " + functionArn, refused);
    }
  }

  private static String checkedArn(InvokeRequest request) throws InvalidLambdaRequestException {
    String arn = request.getFunctionArn();
    if (arn == null) throw new InvalidLambdaRequestException("Function ARN is a required parameter");
    checkContext(request.getClientContext());
    FunctionArnFields fields;
    try {
      fields = FunctionArnFields.fromString(arn);
    } catch (InvalidArnException malformed) {
      throw new InvalidLambdaRequestException("Function ARN " + arn + " is invalid", malformed);
    }
    String qualifier = request.getQualifier();
    if (qualifier == null || qualifier.equals(fields.getQualifier())) return arn;
    if (fields.getQualifier() == null) return arn + ":" + qualifier;
    throw new InvalidLambdaRequestException("Qualifier " + qualifier + " does not match the function ARN " + arn);
  }

  private static void checkContext(String context) throws InvalidLambdaRequestException {
    try {
      if (context == null || Base64.getDecoder().decode(context) != null && context.length() % 4 == 0) return;
    } catch (IllegalArgumentException malformed) {
      // falls through
    }
    throw new InvalidLambdaRequestException("Client context " + context + " is not base64 encoded");
  }

  /** What remains of the buffer; none without one. */
  private static byte[] bytesOf(ByteBuffer payload) {
    if (payload == null) return new byte[0];
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }
}
