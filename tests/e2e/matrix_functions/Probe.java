// The probe of the matrix in Java: it does what the event says. `binary` is the same package's handler for bytes. Written with
// what our SDK and the official one have in common.
import com.amazonaws.greengrass.javasdk.IotDataClient;
import com.amazonaws.greengrass.javasdk.LambdaClient;
import com.amazonaws.greengrass.javasdk.model.InvocationType;
import com.amazonaws.greengrass.javasdk.model.InvokeRequest;
import com.amazonaws.greengrass.javasdk.model.InvokeResponse;
import com.amazonaws.greengrass.javasdk.model.PublishRequest;
import com.amazonaws.services.lambda.runtime.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;

public class Probe {
  private static final String ME = System.getenv("MY_FUNCTION_ARN").split(":")[6];
  private static int count;

  private final IotDataClient iot = new IotDataClient();
  private final LambdaClient lambda = new LambdaClient();

  public Object handler(Map<String, Object> event, Context context) throws Exception {
    String subject = context.getClientContext().getCustom().get("subject");
    if (subject != null) return say("subject", bytes("[" + quoted(subject) + ",{\"text\":" + quoted((String) event.get("text")) + "}]"));
    switch ((String) event.get("op")) {
      case "echo":
        return Collections.singletonMap("echo", event.get("value"));
      case "note":
        return say("note", bytes(quoted((String) event.get("from"))));
      case "invoke":
        return callAll(InvocationType.valueOf((String) event.get("type")), (List<?>) event.get("calls"));
      case "count":
        return ++count;
      case "raise":
        throw new IllegalStateException((String) event.get("text"));
      case "hang":
        Thread.sleep(1_000_000);
        return null;
      case "exit":
        System.exit(7);
        return null;
      default:
        System.out.println("printed " + event.get("mark"));
        System.err.println("complained " + event.get("mark"));
        Logger.getLogger("probe").warning("logged " + event.get("mark"));
        return null;
    }
  }

  public void binary(InputStream in, OutputStream out, Context context) throws Exception {
    byte[] event = all(in);
    say("bytes", event);
    String next = context.getClientContext().getCustom().get("next");
    out.write(next == null ? event : lambda.invoke(request(next, event)).getPayload().array());
  }

  private Object say(String topic, byte[] payload) throws Exception {
    iot.publish(new PublishRequest().withTopic("matrix/" + ME + "/" + topic).withPayload(ByteBuffer.wrap(payload)));
    return null;
  }

  private List<List<String>> callAll(InvocationType type, List<?> calls) throws Exception {
    List<List<String>> results = new ArrayList<>();
    for (Object each : calls) {
      List<?> call = (List<?>) each;
      InvokeResponse answer = lambda.invoke(request((String) call.get(0), bytes((String) call.get(1))).withInvocationType(type));
      boolean isEvent = type == InvocationType.Event;
      results.add(Arrays.asList(isEvent ? "" : answer.getFunctionErr(),
          isEvent ? "" : new String(answer.getPayload().array(), StandardCharsets.UTF_8)));
    }
    return results;
  }

  private static InvokeRequest request(String arn, byte[] payload) {
    return new InvokeRequest().withFunctionArn(arn).withPayload(ByteBuffer.wrap(payload));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] all(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int each = in.read(); each >= 0; each = in.read()) bytes.write(each);
    return bytes.toByteArray();
  }

  /** Of a text that has nothing to escape. */
  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
