// `fescue sub`: prints what arrives on a filter.
#include <cstdio>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text/utf8.h"
#include "cli/down_note.h"
#include "cli/endpoints_file.h"
#include "cli/mqtt_talk.h"
#include "cli/say.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"

namespace fescue::cli {

namespace {

struct SubOptions {
  std::string root = "/var/lib/fescue";
  std::string filter;
  unsigned count = 0;  // 0: no end
  unsigned wait_seconds = 0;
  bool verbose = false, json = false;
};

void print(const SubOptions& options, std::string_view topic, std::string_view payload) {
  if (options.json) {
    boost::json::object line{{"topic", topic}};
    is_valid_utf8(payload) ? line["payload"] = payload : line["payload_base64"] = base64_encode(payload);
    say(stdout, boost::json::serialize(line) + "\n");
  } else {
    if (options.verbose) say(stdout, fmt::format("{} ", topic));
    say(stdout, payload);
    say(stdout, "\n");
  }
}

Result<void> subscribe(const SubOptions& options) {
  FESCUE_TRY(filter, TopicFilter::parse(options.filter));
  FESCUE_TRY(endpoints, read_endpoints(options.root));
  FESCUE_TRY(address, parse_host_port(endpoints.iot_mqtt));
  Reception reception;
  reception.filter = std::move(filter);
  if (options.wait_seconds > 0) reception.timeout = std::chrono::seconds(options.wait_seconds);
  reception.on_subscribed = [&] {
    say(stderr, fmt::format("subscribed to {} at {}\n", options.filter, address.str()));
  };
  reception.on_message = [&, received = 0U](std::string_view topic, std::string_view payload) mutable {
    print(options, topic, payload);
    return ++received == options.count || !check_said() ? Wants::no_more : Wants::more;
  };
  reception.until = watch_reader();
  return receive_messages(address, std::move(reception));
}

}  // namespace

void add_sub(CLI::App& app, int& status) {
  auto options = std::make_shared<SubOptions>();
  CLI::App* verb = app.add_subcommand("sub", "Print the messages that reach the \"AWS IoT\" endpoint");
  verb->footer("Says on standard error when it listens. Ctrl-C ends it.");
  verb->add_option("FILTER", options->filter, "Which topics, e.g. 'test/#'")->required();
  verb->add_option("-C,--count", options->count, "End after so many messages")->type_name("N");
  verb->add_option("-W,--wait", options->wait_seconds, "Give up after so long; the exit status is 1 then")
      ->type_name("SECONDS");
  verb->add_flag("-v,--verbose", options->verbose, "Print the topic before each message");
  add_root(*verb, options->root);
  verb->add_flag("--json", options->json, "Print one JSON object for each message");
  verb->callback([options, &status] {
    if (const auto ended = subscribe(*options); !ended)
      status = fail("sub", explained(ended.error(), options->root, "cloud"));
  });
}

}  // namespace fescue::cli
