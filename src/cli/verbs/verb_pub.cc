// `fescue pub`: one message to the "AWS IoT" endpoint.
#include <memory>

#include "cli/down_note.h"
#include "cli/endpoints_file.h"
#include "cli/mqtt_talk.h"
#include "cli/text_input.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "model/reserved_topics.h"

namespace fescue::cli {

namespace {

struct PubOptions {
  std::string root = "/var/lib/fescue";
  std::string topic, message;
  unsigned qos = 1;
};

Result<void> publish(const PubOptions& options) {
  FESCUE_TRY(topic, Topic::parse(options.topic));
  FESCUE_CHECK(check_cloud_topic(topic.view()));
  FESCUE_TRY(message, text_input(options.message));
  FESCUE_TRY(endpoints, read_endpoints(options.root));
  FESCUE_TRY(address, parse_host_port(endpoints.iot_mqtt));
  return publish_message(address, topic, message, static_cast<mqtt::QoS>(options.qos));
}

}  // namespace

void add_pub(CLI::App& app, int& status) {
  auto options = std::make_shared<PubOptions>();
  CLI::App* verb = app.add_subcommand("pub", "Publish a message as a client of the \"AWS IoT\" endpoint: source cloud");
  verb->add_option("TOPIC", options->topic, "The topic")->required();
  verb->add_option("MESSAGE", options->message, "The payload: text, @FILE, or - for standard input")->required();
  verb->add_option("-q,--qos", options->qos, "Quality of service")->check(CLI::Range(0, 1))->capture_default_str();
  add_root(*verb, options->root);
  verb->callback([options, &status] {
    if (const auto published = publish(*options); !published)
      status = fail("pub", explained(published.error(), options->root, "cloud"));
  });
}

}  // namespace fescue::cli
