package probe;

import com.amazonaws.greengrass.javasdk.GreengrassClientBuilder;
import com.amazonaws.greengrass.javasdk.IotDataClient;
import com.amazonaws.greengrass.javasdk.LambdaClient;
import com.amazonaws.greengrass.javasdk.SecretsManagerClient;
import com.amazonaws.greengrass.javasdk.model.DeleteThingShadowRequest;
import com.amazonaws.greengrass.javasdk.model.GetSecretValueRequest;
import com.amazonaws.greengrass.javasdk.model.GetSecretValueResult;
import com.amazonaws.greengrass.javasdk.model.GetThingShadowRequest;
import com.amazonaws.greengrass.javasdk.model.InvocationType;
import com.amazonaws.greengrass.javasdk.model.InvokeRequest;
import com.amazonaws.greengrass.javasdk.model.InvokeResponse;
import com.amazonaws.greengrass.javasdk.model.PublishRequest;
import com.amazonaws.greengrass.javasdk.model.QueueFullPolicy;
import com.amazonaws.greengrass.javasdk.model.UpdateThingShadowRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the call that the event describes, and answers with what came of it. */
public final class Sdk {
  private final IotDataClient iot = new IotDataClient();
  private final LambdaClient lambda = GreengrassClientBuilder.lambdaClient().build();

  public Object handle(Map<String, String> call) {
    try {
      return run(call);
    } catch (Exception failure) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("error", failure.getClass().getSimpleName());
      out.put("message", failure.getMessage());
      out.put("cause", failure.getCause() == null ? null : failure.getCause().getMessage());
      return out;
    }
  }

  private Object run(Map<String, String> call) throws Exception {
    String thing = call.get("thing");
    switch (call.get("do")) {
      case "publish":
        PublishRequest message = new PublishRequest().withTopic(call.get("topic")).withPayload(payload(call));
        if (call.containsKey("policy")) message.setQueueFullPolicy(QueueFullPolicy.valueOf(call.get("policy")));
        iot.publish(message);
        return "published";
      case "invoke":
        return answer(lambda.invoke(request(call)), "Event".equals(call.get("type")));
      case "many":
        return many(Integer.parseInt(call.get("count")), call);
      case "get":
        return text(iot.getThingShadow(new GetThingShadowRequest().withThingName(thing)).getPayload());
      case "update":
        return text(iot.updateThingShadow(new UpdateThingShadowRequest().withThingName(thing).withPayload(payload(call)))
            .getPayload());
      case "delete":
        return text(iot.deleteThingShadow(new DeleteThingShadowRequest().withThingName(thing)).getPayload());
      case "secret":
        GetSecretValueResult secret = new SecretsManagerClient().getSecretValue(new GetSecretValueRequest()
            .withSecretId(call.get("id")).withVersionId(call.get("version")).withVersionStage(call.get("stage")));
        return Arrays.asList(secret.getARN(), secret.getName(), secret.getVersionId(), secret.getSecretString(),
            secret.getVersionStages(), secret.getCreatedDate());
      default:
        throw new IllegalArgumentException();
    }
  }

  private static InvokeRequest request(Map<String, String> call) {
    InvokeRequest request = new InvokeRequest().withFunctionArn(call.get("to")).withPayload(payload(call))
        .withClientContext(call.get("context")).withQualifier(call.get("qualifier"));
    return call.containsKey("type") ? request.withInvocationType(InvocationType.valueOf(call.get("type"))) : request;
  }

  /** The official SDK throws when it is asked for the payload of an event. */
  private static Map<String, Object> answer(InvokeResponse response, boolean isEvent) throws Exception {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("status", response.getStatusCode());
    out.put("error", response.getFunctionErr());
    out.put("payload", isEvent ? null : text(response.getPayload()));
    return out;
  }

  /** Each call in a thread of its own. */
  private List<String> many(int count, final Map<String, String> call) throws Exception {
    final String[] results = new String[count];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; ++i) {
      final int number = i;
      threads.add(new Thread(() -> {
        try {
          InvokeRequest request = request(call).withPayload(ByteBuffer.wrap(String.valueOf(number).getBytes("UTF-8")));
          results[number] = text(lambda.invoke(request).getPayload());
        } catch (Exception failure) {
          results[number] = failure.toString();
        }
      }));
      threads.get(i).start();
    }
    for (Thread thread : threads) thread.join();
    return Arrays.asList(results);
  }

  /** "payload" as Latin-1. */
  private static ByteBuffer payload(Map<String, String> call) {
    String text = call.get("payload");
    return text == null ? null : ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  private static String text(ByteBuffer bytes) throws Exception {
    return new String(bytes.array(), "ISO-8859-1");
  }
}
