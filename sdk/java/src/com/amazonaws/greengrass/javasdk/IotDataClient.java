package com.amazonaws.greengrass.javasdk;

import com.amazonaws.greengrass.common.EnvVars;
import com.amazonaws.greengrass.javasdk.model.DeleteThingShadowRequest;
import com.amazonaws.greengrass.javasdk.model.DeleteThingShadowResult;
import com.amazonaws.greengrass.javasdk.model.GGIotDataException;
import com.amazonaws.greengrass.javasdk.model.GGLambdaException;
import com.amazonaws.greengrass.javasdk.model.GetThingShadowRequest;
import com.amazonaws.greengrass.javasdk.model.GetThingShadowResult;
import com.amazonaws.greengrass.javasdk.model.InvalidIotDataRequestException;
import com.amazonaws.greengrass.javasdk.model.InvocationType;
import com.amazonaws.greengrass.javasdk.model.InvokeRequest;
import com.amazonaws.greengrass.javasdk.model.InvokeResponse;
import com.amazonaws.greengrass.javasdk.model.PublishRequest;
import com.amazonaws.greengrass.javasdk.model.PublishResult;
import com.amazonaws.greengrass.javasdk.model.UpdateThingShadowRequest;
import com.amazonaws.greengrass.javasdk.model.UpdateThingShadowResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** MQTT messages and device shadows, both carried by the core (docs/compatibility/local-api.md#system-functions). */
public class IotDataClient extends GGClient {
  private static final byte[] NO_DOCUMENT = {'{', '}'};

  private final LambdaClient lambda;

  public IotDataClient() {
    this(new LambdaClient());
  }

  public IotDataClient(LambdaClient lambda) {
    this.lambda = lambda;
  }

  /** To the targets that the group's subscriptions name for this function and topic. */
  public PublishResult publish(PublishRequest request) throws GGIotDataException, GGLambdaException {
    requireText("Topic", request.getTopic());
    require("Payload", request.getPayload());
    String policy = request.getQueueFullPolicy() == null ? "" : request.getQueueFullPolicy().toString();
    String custom = "{\"custom\":{\"source\":" + quoted(EnvVars.MY_FUNCTION_ARN) + ",\"subject\":"
        + quoted(request.getTopic()) + ",\"queueFullPolicy\":" + quoted(policy) + "}}";
    lambda.invoke(new InvokeRequest().withFunctionArn(EnvVars.ROUTER_FUNCTION_ARN)
        .withInvocationType(InvocationType.Event).withClientContext(encoded(custom)).withPayload(request.getPayload()));
    return new PublishResult();
  }

  public GetThingShadowResult getThingShadow(GetThingShadowRequest request) throws GGIotDataException {
    GetThingShadowResult result = new GetThingShadowResult();
    result.setPayload(shadow("get", request.getThingName(), ByteBuffer.wrap(NO_DOCUMENT)));
    return result;
  }

  public UpdateThingShadowResult updateThingShadow(UpdateThingShadowRequest request) throws GGIotDataException {
    require("Payload", request.getPayload());
    UpdateThingShadowResult result = new UpdateThingShadowResult();
    result.setPayload(shadow("update", request.getThingName(), request.getPayload()));
    return result;
  }

  public DeleteThingShadowResult deleteThingShadow(DeleteThingShadowRequest request) throws GGIotDataException {
    DeleteThingShadowResult result = new DeleteThingShadowResult();
    result.setPayload(shadow("delete", request.getThingName(), ByteBuffer.wrap(NO_DOCUMENT)));
    return result;
  }

  private ByteBuffer shadow(String operation, String thing, ByteBuffer document) throws GGIotDataException {
    requireText("Thing Name", thing);
    String topic = "$aws/things/" + thing + "/shadow/" + operation;
    try {
      InvokeResponse response = lambda.invoke(new InvokeRequest().withFunctionArn(EnvVars.SHADOW_FUNCTION_ARN)
          .withClientContext(encoded("{\"custom\":{\"subject\":" + quoted(topic) + "}}")).withPayload(document));
      return response.getPayload();
    } catch (GGLambdaException failed) {
      throw new GGIotDataException("The shadow service could not be asked: " + failed.getMessage(), failed);
    }
  }

  private static void requireText(String name, String text) throws InvalidIotDataRequestException {
    require(name, text == null || text.isEmpty() ? null : text);
  }

  private static void require(String name, Object value) throws InvalidIotDataRequestException {
    if (value == null) throw new InvalidIotDataRequestException(name + " is a required parameter");
  }

  private static String encoded(String context) {
    return Base64.getEncoder().encodeToString(context.getBytes(StandardCharsets.UTF_8));
  }

  /** As a string of JSON; "" for null. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; text != null && i < text.length(); ++i) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }
}
