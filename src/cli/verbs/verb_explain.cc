// `fescue explain`: where a message would go, asked of the core.
#include <memory>

#include <fmt/format.h>

#include "cli/core_client.h"
#include "cli/output/core_text.h"
#include "cli/say.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "model/json_reader.h"

namespace fescue::cli {

namespace {

struct ExplainOptions {
  std::string root = "/var/lib/fescue";
  std::string from, topic;
  bool json = false;
};

Result<void> show_explanation(const ExplainOptions& options) {
  FESCUE_TRY(core, CoreClient::at(options.root));
  FESCUE_TRY(text, core.get(fmt::format("/v1/explain?from={}&topic={}", percent_encode(options.from),
                                        percent_encode(options.topic))));
  FESCUE_TRY(explanation, parse_json(text));
  say(stdout, options.json ? text + "\n" : explanation_text(explanation));
  return ok();
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb =
      app.add_subcommand("explain", "Say where a message would go, by which subscriptions, or why nowhere");
  verb->add_option("--from", options->from, "Who says it: cloud, shadow, a function's name or ARN, a thing's ARN")
      ->required()
      ->type_name("SOURCE");
  verb->add_option("--topic", options->topic, "On which topic")->required()->type_name("TOPIC");
  add_root(*verb, options->root);
  add_json(*verb, options->json);
  verb->callback([options, &status] {
    if (const auto shown = show_explanation(*options); !shown) status = fail("explain", shown.error());
  });
}

}  // namespace fescue::cli
