package probe;

import com.amazonaws.greengrass.javasdk.GreengrassClientBuilder;
import com.amazonaws.greengrass.streammanager.client.StreamManagerClient;
import com.amazonaws.greengrass.streammanager.client.StreamManagerClientFactory;
import com.amazonaws.greengrass.streammanager.client.config.Defaults;
import com.amazonaws.greengrass.streammanager.client.config.StreamManagerClientConfig;
import com.amazonaws.greengrass.streammanager.client.config.StreamManagerServerInfo;
import com.amazonaws.greengrass.streammanager.client.exception.InvalidRequestException;
import com.amazonaws.greengrass.streammanager.client.exception.ResourceNotFoundException;
import com.amazonaws.greengrass.streammanager.client.exception.StreamManagerException;
import com.amazonaws.greengrass.streammanager.client.utils.ValidateAndSerialize;
import com.amazonaws.greengrass.streammanager.model.EventType;
import com.amazonaws.greengrass.streammanager.model.ExportFormat;
import com.amazonaws.greengrass.streammanager.model.Message;
import com.amazonaws.greengrass.streammanager.model.MessageStreamDefinition;
import com.amazonaws.greengrass.streammanager.model.Persistence;
import com.amazonaws.greengrass.streammanager.model.ReadMessagesOptions;
import com.amazonaws.greengrass.streammanager.model.S3ExportTaskDefinition;
import com.amazonaws.greengrass.streammanager.model.Status;
import com.amazonaws.greengrass.streammanager.model.StatusConfig;
import com.amazonaws.greengrass.streammanager.model.StatusContext;
import com.amazonaws.greengrass.streammanager.model.StatusLevel;
import com.amazonaws.greengrass.streammanager.model.StatusMessage;
import com.amazonaws.greengrass.streammanager.model.StrategyOnFull;
import com.amazonaws.greengrass.streammanager.model.export.ExportDefinition;
import com.amazonaws.greengrass.streammanager.model.export.HTTPConfig;
import com.amazonaws.greengrass.streammanager.model.export.IoTAnalyticsConfig;
import com.amazonaws.greengrass.streammanager.model.export.IoTSiteWiseConfig;
import com.amazonaws.greengrass.streammanager.model.export.KinesisConfig;
import com.amazonaws.greengrass.streammanager.model.export.S3ExportTaskExecutorConfig;
import com.amazonaws.greengrass.streammanager.model.sitewise.AssetPropertyValue;
import com.amazonaws.greengrass.streammanager.model.sitewise.PutAssetPropertyValueEntry;
import com.amazonaws.greengrass.streammanager.model.sitewise.Quality;
import com.amazonaws.greengrass.streammanager.model.sitewise.TimeInNanos;
import com.amazonaws.greengrass.streammanager.model.sitewise.Variant;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Everything that functions do with the client of the stream manager. */
public final class Streams {
  /** What a client is told when there is no stream manager. */
  public Object use(String name) throws Exception {
    StreamManagerClientConfig config = StreamManagerClientConfig.builder().requestTimeoutSeconds(5)
        .serverInfo(StreamManagerServerInfo.builder().host(Defaults.HOST).port(1).build()).build();
    try (StreamManagerClient client = StreamManagerClientFactory.standard().withClientConfig(config).build()) {
      try {
        client.deleteMessageStream(name);
      } catch (ResourceNotFoundException fresh) {
        // as it should be
      }
      client.createMessageStream(definition());
      client.updateMessageStream(client.describeMessageStream(name).getDefinition().withFlushOnWrite(true));
      client.appendMessage(name, new byte[] {1});
      for (Message each : client.readMessages(name, new ReadMessagesOptions().withMinMessageCount(1L))) each.getPayload();
      return client.listStreams();
    } catch (StreamManagerException refused) {
      Map<String, Object> out = new LinkedHashMap<>();
      out.put("error", refused.getClass().getSimpleName());
      out.put("status", refused.getStatus());
      out.put("message", refused.getMessage());
      return out;
    }
  }

  public Object byDefault() throws Exception {
    return GreengrassClientBuilder.streamManagerClient().build();
  }

  /** The JSON of a model, or what is wrong with it. */
  public Object json(String name) throws IOException {
    try {
      return new String(ValidateAndSerialize.validateAndSerializeToJsonBytes(model(name)), StandardCharsets.UTF_8);
    } catch (InvalidRequestException invalid) {
      return "invalid: " + invalid.getMessage();
    } catch (JsonProcessingException impossible) {
      return "no JSON: " + impossible.getMessage();
    }
  }

  /** What a status stream's message says. */
  public Object read(String json) throws IOException {
    StatusMessage status =
        ValidateAndSerialize.deserializeJsonBytesToObj(json.getBytes(StandardCharsets.UTF_8), StatusMessage.class);
    S3ExportTaskDefinition task = status.getStatusContext().getS3ExportTaskDefinition();
    return Arrays.asList(status.getEventType(), status.getStatusLevel(), status.getStatus() == Status.Failure,
        status.getMessage(), status.getTimestampEpochMs(), task.getBucket(), task.getUserMetadata());
  }

  public Object compare() {
    Message message = new Message("s", 1L, 2L, new byte[] {3});
    boolean same = message.equals(new Message("s", 1L, 2L, new byte[] {3})) && definition().equals(definition())
        && definition().hashCode() == definition().hashCode();
    boolean other = message.equals(message.withStreamName("t").withSequenceNumber(1L)) && message.equals(new Object())
        || definition().equals(definition().withMaxSize(1L));
    return Arrays.asList(same, other, definition().toString().contains("KinesisExport"),
        StatusLevel.fromValue(3L), Status.Canceled.value(), Quality.fromValue("BAD"), Quality.BAD.value());
  }

  private static Object model(String name) {
    switch (name) {
      case "definition": return definition();
      case "exports": return exports();
      case "task": return task();
      case "status": return new StatusMessage(EventType.S3Task, StatusLevel.WARN, Status.Failure,
          new StatusContext(task(), "e", "s", 3L), "text", 5L);
      case "entry": return entry(new TimeInNanos(1L, 2L));
      case "bare": return new MessageStreamDefinition().withName("s").withStrategyOnFull(StrategyOnFull.RejectNewData);
      case "options": return new ReadMessagesOptions();
      case "nothing": return new S3ExportTaskDefinition();
      case "wrong task": return new S3ExportTaskDefinition("file:/a", "No", "a#b", null);
      case "wrong entry": return entry(new TimeInNanos(0L, 2L)).withEntryId("?");
      case "wrong export": return exports().withIotSitewise(Arrays.asList(new IoTSiteWiseConfig().withBatchSize(11L)));
      default: throw new IllegalArgumentException(name);
    }
  }

  private static MessageStreamDefinition definition() {
    return new MessageStreamDefinition().withName("s").withMaxSize(1L << 20).withStreamSegmentSize(1L << 10)
        .withTimeToLiveMillis(60_000L).withStrategyOnFull(StrategyOnFull.OverwriteOldestData)
        .withPersistence(Persistence.Memory).withFlushOnWrite(false).withExportDefinition(exports());
  }

  private static ExportDefinition exports() {
    return new ExportDefinition()
        .withHttp(Arrays.asList(new HTTPConfig().withIdentifier("h").withUri("http://a").withExportFormat(ExportFormat.JSON_BATCHED)))
        .withIotAnalytics(Arrays.asList(new IoTAnalyticsConfig().withIdentifier("a").withIotChannel("c").withIotMsgIdPrefix("")))
        .withKinesis(Arrays.asList(new KinesisConfig("KinesisExport", "k", 1L, 60_000L, 10L, 0L, true)))
        .withIotSitewise(Arrays.asList(new IoTSiteWiseConfig().withIdentifier("w").withBatchSize(10L)))
        .withS3TaskExecutor(Arrays.asList(new S3ExportTaskExecutorConfig().withIdentifier("3").withPriority(1L)
            .withStatusConfig(new StatusConfig().withStatusStreamName("t"))));
  }

  private static S3ExportTaskDefinition task() {
    return new S3ExportTaskDefinition().withInputUrl("file:/a").withBucket("a.bucket").withKey("k/!{timestamp:yyyy/MM}")
        .withUserMetadata(Collections.singletonMap("a", "\u00e4"));
  }

  private static PutAssetPropertyValueEntry entry(TimeInNanos time) {
    return new PutAssetPropertyValueEntry().withEntryId("e").withPropertyAlias("/alias").withPropertyValues(
        Arrays.asList(new AssetPropertyValue(new Variant().withDoubleValue(1.5), time, Quality.GOOD)));
  }
}
