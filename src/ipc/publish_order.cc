// The topic and the policy out of a decoded client context.
#include "ipc/publish_order.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/bytes.h"
#include "model/json_reader.h"

namespace fescue {

namespace {

Result<QueueFullPolicy> parse_policy(std::string_view text) {
  if (text.empty() || text == "BestEffort") return QueueFullPolicy::best_effort;
  if (text == "AllOrError") return QueueFullPolicy::all_or_error;
  return Error(Code::invalid_argument,
               fmt::format("custom.queueFullPolicy \"{}\" is neither BestEffort nor AllOrError", text.substr(0, 40)));
}

}  // namespace

Result<PublishOrder> parse_publish_order(std::string_view context) {
  if (context.empty()) {
    return Error(Code::invalid_argument, "a publish needs a client context with custom.subject");
  }
  auto decoded = base64_decode(context);
  if (!decoded) return decoded.error().in("client context");
  auto document = parse_json(*decoded);
  if (!document) return document.error().in("client context");
  FESCUE_TRY(custom, JsonReader(*document, "client context").get("custom"));
  FESCUE_TRY(subject, custom.string("subject"));
  FESCUE_TRY(topic, Topic::parse(subject));
  FESCUE_TRY(policy_text, custom.string_or("queueFullPolicy", ""));
  FESCUE_TRY(policy, parse_policy(policy_text));
  return PublishOrder{std::move(topic), policy};
}

}  // namespace fescue
