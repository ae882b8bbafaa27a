package com.amazonaws.services.lambda.runtime;

import java.util.Map;

/** What the caller sent along with the event; for a message from MQTT, custom has its topic as "subject". */
public interface ClientContext {
  Client getClient();

  Map<String, String> getCustom();

  Map<String, String> getEnvironment();
}
