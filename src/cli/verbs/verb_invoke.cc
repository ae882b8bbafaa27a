// `fescue invoke`: Lambda's Invoke by the core's admin socket, the payload to standard output.
#include <cstdio>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text/utf8.h"
#include "cli/core_client.h"
#include "cli/say.h"
#include "cli/text_input.h"
#include "cli/verbs/verb.h"
#include "cli/verbs/verbs.h"
#include "model/json_reader.h"

namespace fescue::cli {

namespace {

struct InvokeOptions {
  std::string root = "/var/lib/fescue";
  std::string name, qualifier, payload, context;
  bool event = false, tail = false, json = false;
  unsigned timeout_seconds = 900;  // Lambda's longest
};

Result<HttpRequest> make_request(const InvokeOptions& options) {
  FESCUE_TRY(payload, text_input(options.payload));
  std::string target = fmt::format("/2015-03-31/functions/{}/invocations", percent_encode(options.name));
  if (!options.qualifier.empty()) target += "?Qualifier=" + percent_encode(options.qualifier);
  HttpRequest request{"POST", std::move(target), {}, std::move(payload)};
  request.headers.add("X-Amz-Invocation-Type", options.event ? "Event" : "RequestResponse");
  if (options.tail) request.headers.add("X-Amz-Log-Type", "Tail");
  if (!options.context.empty()) {
    FESCUE_TRY(context, object_input(options.context, "--context"));
    request.headers.add("X-Amz-Client-Context", base64_encode(context));
  }
  return request;
}

/// Lambda's error body: {"Message"|"message": ...}.
Error refusal_of(const HttpResponse& response) {
  const auto document = parse_json(response.body);
  if (document && document->is_object()) {
    const JsonReader body(*document, "");
    for (const char* name : {"Message", "message"}) {
      if (const auto message = body.string(name)) return Error(Code::invalid_argument, *message);
    }
  }
  return Error(Code::unavailable, fmt::format("the core answered {}", response.status));
}

std::string log_of(const HttpResponse& response) {
  auto log = base64_decode(response.headers.get("X-Amz-Log-Result"));
  return log ? std::move(*log) : "";
}

void print_json(const HttpResponse& response) {
  const auto payload = parse_json(response.body);
  const auto header = [&](std::string_view name) -> boost::json::value {
    const auto value = response.headers.find(name);
    return value ? boost::json::value(*value) : boost::json::value();
  };
  // A payload that is not JSON comes as base64, beside.
  boost::json::object out{{"status", response.status},
                          {"function_error", header("X-Amz-Function-Error")},
                          {"executed_version", header("X-Amz-Executed-Version")},
                          {"payload", payload ? *payload : boost::json::value()}};
  if (!payload && !response.body.empty()) out["payload_base64"] = base64_encode(response.body);
  if (response.headers.find("X-Amz-Log-Result")) out["log"] = log_of(response);
  say(stdout, boost::json::serialize(out) + "\n");
}

/// The payload on standard output, all else on standard error. Bytes that are no text are not touched.
void print_text(const InvokeOptions& options, const HttpResponse& response) {
  if (options.tail) say(stderr, log_of(response));
  say(stdout, response.body);
  const bool is_text = !response.body.empty() && is_valid_utf8(response.body);
  if (is_text && response.body.back() != '\n') say(stdout, "\n");
  const std::string_view error = response.headers.get("X-Amz-Function-Error");
  if (!error.empty()) say(stderr, fmt::format("fescue invoke: {} failed ({})\n", options.name, error));
}

Result<int> invoke(const InvokeOptions& options) {
  FESCUE_TRY(request, make_request(options));
  FESCUE_TRY(core, CoreClient::at(options.root));
  FESCUE_TRY(response, core.send(std::move(request), std::chrono::seconds(options.timeout_seconds)));
  if (response.status >= 300) return refusal_of(response);
  options.json ? print_json(response) : print_text(options, response);
  return response.headers.get("X-Amz-Function-Error").empty() ? kOk : kFailed;
}

}  // namespace

void add_invoke(CLI::App& app, int& status) {
  auto options = std::make_shared<InvokeOptions>();
  CLI::App* verb = app.add_subcommand("invoke", "Run a function that is deployed on the core and print its result");
  verb->footer("The exit status is 1 when the function fails.");
  verb->add_option("NAME", options->name, "The function: NAME, NAME:VERSION or its ARN")->required();
  verb->add_option("--qualifier", options->qualifier, "The version")->type_name("VERSION");
  verb->add_option("--payload", options->payload, "The event: JSON, @FILE, or - for standard input")->type_name("JSON");
  verb->add_option("--context", options->context, "The client context, e.g. {\"custom\":{\"subject\":\"a/b\"}}")
      ->type_name("JSON");
  verb->add_flag("--event", options->event, "Do not wait for the result");
  verb->add_flag("--tail", options->tail, "Show what the function logs meanwhile (the last 4 KB)");
  verb->add_option("--timeout", options->timeout_seconds, "How long to wait for the result")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  add_root(*verb, options->root);
  add_json(*verb, options->json);
  verb->callback([options, &status] {
    const auto outcome = invoke(*options);
    status = outcome ? *outcome : fail("invoke", outcome.error());
  });
}

}  // namespace fescue::cli
