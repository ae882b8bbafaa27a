package fescue.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;

/** The handler's context. What V1 did not know is null or, for the time that is left, without end. */
final class InvocationContext implements Context {
  private final Invocation invocation;
  private final ClientContext clientContext;

  InvocationContext(Invocation invocation) throws BadPayload {
    this.invocation = invocation;
    clientContext = new InvocationClientContext(invocation.clientContext());
  }

  @Override
  public String getAwsRequestId() {
    return invocation.id;
  }

  @Override
  public String getInvokedFunctionArn() {
    return invocation.functionArn;
  }

  @Override
  public String getFunctionName() {
    return field(6);
  }

  @Override
  public String getFunctionVersion() {
    return field(7);
  }

  /** Of the ARN, counted from 0; null when it has not so many. */
  private String field(int number) {
    String[] fields = invocation.functionArn.split(":");
    return number < fields.length ? fields[number] : null;
  }

  @Override
  public ClientContext getClientContext() {
    return clientContext;
  }

  @Override
  public LambdaLogger getLogger() {
    return ContextLogger.INSTANCE;
  }

  @Override
  public String getLogGroupName() {
    return null;
  }

  @Override
  public String getLogStreamName() {
    return null;
  }

  @Override
  public CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return Integer.MAX_VALUE;
  }

  @Override
  public int getMemoryLimitInMB() {
    return 0;
  }
}
