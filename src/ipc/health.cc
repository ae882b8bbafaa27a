// GET and POST /health/workers: V1.11's health check, open to every local process
// (docs/compatibility/local-api.md#health). Asked for by name, a deployed function that has no worker at the moment is
// NotStarted; InvalidArns are those that are not deployed.
#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "ipc/access.h"
#include "ipc/answers.h"
#include "ipc/operations.h"
#include "model/group.h"
#include "model/json_reader.h"

namespace fescue {

namespace {

namespace json = boost::json;

json::object entry(const WorkerStatus& worker) {
  return {{"FuncArn", worker.function.str()},
          {"WorkerId", worker.id.str()},
          {"ProcessId", std::to_string(worker.pid)},
          {"WorkerState", std::string(name_of(worker.state))}};
}

/// The ARNs asked for, as they were written.
Result<std::set<std::string>> parse_names(std::string_view body) {
  FESCUE_TRY(document, parse_json(body));
  FESCUE_TRY(list, JsonReader(document, "body").get("FuncArns"));
  FESCUE_TRY(items, list.items());
  if (items.empty()) return list.error("must not be empty");
  std::set<std::string> names;
  for (const JsonReader& item : items) {
    FESCUE_TRY(name, item.as_string());
    names.insert(std::move(name));
  }
  return names;
}

}  // namespace

void serve(IpcContext& context, AllWorkersCall, HttpExchangePtr exchange) {
  json::array entries;
  for (const WorkerStatus& worker : context.ports.workers.workers()) entries.push_back(entry(worker));
  answer_json(*exchange, 200, json::serialize(entries));
}

void serve(IpcContext& context, SomeWorkersCall, HttpExchangePtr exchange) {
  const auto names = parse_names(exchange->request().body);
  if (!names) return refuse_call(context, *exchange, 400, "Invalid request");
  const std::vector<WorkerStatus> workers = context.ports.workers.workers();
  if (names->size() > std::max(workers.size(), kMaxFunctionsPerGroup)) {
    return refuse_call(context, *exchange, 400, "Request exceeds max number of workers");
  }
  json::array found;
  std::set<std::string> unknown = *names;
  for (const WorkerStatus& worker : workers) {
    if (!names->contains(worker.function.str())) continue;
    found.push_back(entry(worker));
    unknown.erase(worker.function.str());
  }
  json::array invalid;
  for (const std::string& name : unknown) {
    const auto function = FunctionArn::parse(name);
    if (function && context.ports.workers.is_deployed(*function)) {
      found.push_back(entry({{}, *function, WorkerState::not_started, 0}));
    } else {
      invalid.push_back(json::string(name));
    }
  }
  answer_json(*exchange, 200, json::serialize(json::object{{"Workers", found}, {"InvalidArns", invalid}}));
}

}  // namespace fescue
