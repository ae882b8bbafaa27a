package com.amazonaws.services.lambda.runtime;

/** Who called, by Amazon Cognito. */
public interface CognitoIdentity {
  String getIdentityId();

  String getIdentityPoolId();
}
