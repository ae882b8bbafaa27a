package com.amazonaws.greengrass.javasdk;

import com.amazonaws.greengrass.common.EnvVars;
import com.amazonaws.greengrass.javasdk.model.GGLambdaException;
import com.amazonaws.greengrass.javasdk.model.GGSecretsManagerException;
import com.amazonaws.greengrass.javasdk.model.GetSecretValueRequest;
import com.amazonaws.greengrass.javasdk.model.GetSecretValueResult;
import com.amazonaws.greengrass.javasdk.model.InvalidSecretsManagerRequestException;
import com.amazonaws.greengrass.javasdk.model.InvokeRequest;
import com.amazonaws.greengrass.javasdk.model.SecretResourceNotFoundException;
import com.amazonaws.greengrass.javasdk.model.UnauthorizedSecretsManagerRequestException;
import fescue.runtime.json.JsonBinder;
import fescue.runtime.json.JsonException;
import fescue.runtime.json.JsonReader;
import fescue.runtime.json.JsonWriter;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;

/** Secrets that the group attaches to the function (docs/compatibility/local-api.md#secret-calls). */
public class SecretsManagerClient extends GGClient {
  private final LambdaClient lambda;

  public SecretsManagerClient() {
    this(new LambdaClient());
  }

  public SecretsManagerClient(LambdaClient lambda) {
    this.lambda = lambda;
  }

  public GetSecretValueResult getSecretValue(GetSecretValueRequest request) throws GGSecretsManagerException {
    check(request);
    Map<String, Object> wanted = new LinkedHashMap<>();
    wanted.put("SecretId", request.getSecretId());
    if (request.getVersionStage() != null) wanted.put("VersionStage", request.getVersionStage());
    byte[] answer;
    try {
      answer = lambda.invoke(new InvokeRequest().withFunctionArn(EnvVars.SECRETS_MANAGER_FUNCTION_ARN)
          .withPayload(ByteBuffer.wrap(JsonWriter.write(wanted)))).getPayload().array();
    } catch (GGLambdaException failed) {
      throw new GGSecretsManagerException("Fail to perform getSecretValue operation: " + failed.getMessage(), failed);
    }
    try {
      return resultOf((Map<?, ?>) JsonReader.read(answer));
    } catch (JsonException | ClassCastException odd) {
      throw new GGSecretsManagerException("The secret manager's answer is not understood", odd);
    }
  }

  private static void check(GetSecretValueRequest request) throws InvalidSecretsManagerRequestException {
    if (request == null) throw new InvalidSecretsManagerRequestException("Input request cannot be null");
    if (request.getSecretId() == null || request.getSecretId().isEmpty()) {
      throw new InvalidSecretsManagerRequestException("Secret Id is a required parameter");
    }
    if (request.getVersionId() != null) {
      throw new InvalidSecretsManagerRequestException("Query by VersionId is not yet supported");
    }
  }

  private static GetSecretValueResult resultOf(Map<?, ?> fields) throws GGSecretsManagerException {
    if (fields.get("ARN") == null) throw failureOf(fields);
    GetSecretValueResult result = new GetSecretValueResult();
    result.setARN((String) fields.get("ARN"));
    result.setName((String) fields.get("Name"));
    result.setVersionId((String) fields.get("VersionId"));
    result.setSecretString((String) fields.get("SecretString"));
    Object bytes = fields.get("SecretBinary");
    if (bytes != null) result.setSecretBinary(ByteBuffer.wrap(Base64.getDecoder().decode((String) bytes)));
    Collection<?> stages = (Collection<?>) fields.get("VersionStages");
    String[] names = (String[]) JsonBinder.bind(stages == null ? Collections.emptyList() : stages, String[].class);
    result.withVersionStages(names);
    result.setCreatedDate((Date) JsonBinder.bind(fields.get("CreatedDate"), Date.class));
    return result;
  }

  private static GGSecretsManagerException failureOf(Map<?, ?> fields) {
    String message = String.valueOf(fields.get("Message"));
    Object status = fields.get("Status");
    if (Integer.valueOf(400).equals(status)) return new InvalidSecretsManagerRequestException(message);
    if (Integer.valueOf(401).equals(status)) return new UnauthorizedSecretsManagerRequestException(message);
    if (Integer.valueOf(404).equals(status)) return new SecretResourceNotFoundException(message);
    if (Integer.valueOf(500).equals(status)) return new GGSecretsManagerException(message);
    return new GGSecretsManagerException("The secret manager answered with the status " + status + ": " + message);
  }
}
