// The API's counters as metrics.
#include "cloud/api/framework/api_metrics.h"

namespace fescue::cloud {

namespace {

void add_operations(MetricsText& out, const ApiCounters& api) {
  const std::string_view name = "fescue_api_operations_total", help = "Requests of each operation, by outcome.";
  for (const auto& [operation, counts] : api.operations) {
    const std::pair<std::string_view, std::uint64_t> outcomes[] = {
        {"succeeded", counts.succeeded}, {"refused", counts.refused}, {"failed", counts.failed}};
    for (const auto& [outcome, count] : outcomes) {
      if (count == 0) continue;
      out.counter(name, help, count,
                  {{"service", name_of(operation->service)}, {"operation", operation->name}, {"outcome", outcome}});
    }
  }
}

}  // namespace

void add_metrics(MetricsText& out, const ApiCounters& api) {
  out.counter("fescue_api_requests_total", "Requests to the API, refused ones included.", api.requests);
  out.counter("fescue_api_unverified_total", "Requests without a good signature, or too large to look at.",
              api.unverified);
  out.counter("fescue_api_replayed_total", "Requests whose signature was used before.", api.replayed);
  out.counter("fescue_api_unserved_total", "Requests for services of AWS that are not here.", api.unserved);
  out.counter("fescue_api_unknown_operations_total", "Signed requests that no operation answers.",
              api.unknown_operations);
  for (const auto& [role, count] : api.denied) {
    out.counter("fescue_api_denied_total", "Signed requests that the role of their key does not allow.", count,
                {{"role", name_of(role)}});
  }
  for (const auto& [error, count] : api.errors) {
    out.counter("fescue_api_errors_total", "Requests refused, by the name of the error.", count, {{"error", error}});
  }
  add_operations(out, api);
}

}  // namespace fescue::cloud
