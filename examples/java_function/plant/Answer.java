package plant;

import com.amazonaws.greengrass.javasdk.IotDataClient;
import com.amazonaws.greengrass.javasdk.model.PublishRequest;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Tells the cloud what a sensor said, in Fahrenheit, and on which topic it came. */
public class Answer implements RequestHandler<Answer.Reading, Double> {
  private final IotDataClient iot = new IotDataClient();

  public static class Reading {
    public String sensor;
    public double celsius;
  }

  @Override
  public Double handleRequest(Reading reading, Context context) {
    double fahrenheit = reading.celsius * 9 / 5 + 32;
    String topic = context.getClientContext().getCustom().get("subject");
    String text = reading.sensor + " on " + topic + ": " + fahrenheit;
    context.getLogger().log(text);
    try {
      iot.publish(new PublishRequest().withTopic("plant/fahrenheit")
          .withPayload(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    } catch (Exception failure) {
      throw new IllegalStateException("nobody was told", failure);
    }
    return fahrenheit;
  }
}
