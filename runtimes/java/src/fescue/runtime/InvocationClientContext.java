package fescue.runtime;

import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import fescue.runtime.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** custom and environment are never null; the client is null when the caller named none. */
final class InvocationClientContext implements ClientContext {
  private final Map<String, String> custom;
  private final Map<String, String> environment;
  private final Map<String, String> client;

  InvocationClientContext(Map<?, ?> fields) {
    custom = texts(fields.get("custom"));
    environment = texts(fields.get("env"));
    client = fields.get("client") instanceof Map ? texts(fields.get("client")) : null;
  }

  @Override
  public Map<String, String> getCustom() {
    return custom;
  }

  @Override
  public Map<String, String> getEnvironment() {
    return environment;
  }

  @Override
  public Client getClient() {
    return client == null || client.isEmpty() ? null : new CallingClient(client);
  }

  /** What is no string becomes its JSON. */
  private static Map<String, String> texts(Object members) {
    Map<String, String> out = new LinkedHashMap<>();
    if (!(members instanceof Map)) return out;
    for (Map.Entry<?, ?> member : ((Map<?, ?>) members).entrySet()) {
      Object value = member.getValue();
      boolean isPlain = value == null || value instanceof String;
      out.put((String) member.getKey(),
          isPlain ? (String) value : new String(JsonWriter.write(value), StandardCharsets.UTF_8));
    }
    return out;
  }

  private static final class CallingClient implements Client {
    private final Map<String, String> fields;

    CallingClient(Map<String, String> fields) {
      this.fields = fields;
    }

    @Override
    public String getInstallationId() {
      return fields.get("installation_id");
    }

    @Override
    public String getAppTitle() {
      return fields.get("app_title");
    }

    @Override
    public String getAppVersionName() {
      return fields.get("app_version_name");
    }

    @Override
    public String getAppVersionCode() {
      return fields.get("app_version_code");
    }

    @Override
    public String getAppPackageName() {
      return fields.get("app_package_name");
    }
  }
}
