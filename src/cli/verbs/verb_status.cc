// `fescue status [FUNCTION]`: asks the core, prints text or its JSON.
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "cli/core_client.h"
#include "cli/down_note.h"
#include "cli/output/core_text.h"
#include "cli/output/function_text.h"
#include "cli/say.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "model/json_reader.h"
#include "sys/process/process_memory.h"

namespace fescue::cli {

namespace {

struct StatusOptions {
  std::string root = "/var/lib/fescue";
  std::string function;  // empty: the whole core
  bool json = false;
};

/// The core may not ask for the PSS of processes of other users. Root may.
void add_memory(boost::json::value& status) {
  if (!status.as_object().contains("functions")) return;
  for (boost::json::value& function : status.at("functions").as_array()) {
    for (boost::json::value& worker : function.at("workers").as_array()) {
      boost::json::value& pss = worker.at("memory").as_object()["pss_kb"];
      if (!pss.is_null()) continue;
      if (const auto kb = memory_of(worker.at("pid").to_number<pid_t>()).pss_kb) pss = *kb;
    }
  }
}

/// The core sees no more than that it cannot connect.
void add_reason(const std::string& root, boost::json::value& status) {
  const auto why = why_down(root, "cloud");
  if (why && status.as_object().contains("link")) status.at("link").as_object()["control_plane_down"] = *why;
}

Result<void> show_status(const StatusOptions& options) {
  FESCUE_TRY(core, CoreClient::at(options.root));
  FESCUE_TRY(text, core.get("/v1/status"));
  FESCUE_TRY(status, parse_json(text));
  add_memory(status);
  add_reason(options.root, status);
  say(stdout, options.json ? boost::json::serialize(status) + "\n" : status_text(status));
  return ok();
}

Result<void> show_function(const StatusOptions& options) {
  FESCUE_TRY(core, CoreClient::at(options.root));
  FESCUE_TRY(text, core.get("/v1/functions?name=" + percent_encode(options.function)));
  FESCUE_TRY(view, parse_json(text));
  say(stdout, options.json ? text + "\n" : function_text(view));
  return ok();
}

}  // namespace

void add_status(CLI::App& app, int& status) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* verb = app.add_subcommand("status", "Show what a core runs: functions, workers, queues, memory, link");
  verb->add_option("FUNCTION", options->function,
                   "Only this one: its mounts, devices, ids, groups and limits, and how its workers ended");
  add_root(*verb, options->root);
  add_json(*verb, options->json);
  verb->callback([options, &status] {
    if (const auto shown = options->function.empty() ? show_status(*options) : show_function(*options); !shown)
      status = fail("status", shown.error());
  });
}

}  // namespace fescue::cli
