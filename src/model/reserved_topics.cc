// Levels of topics against the few that begin with `$` and are open to others.
#include "model/reserved_topics.h"

#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/text/split.h"

namespace fescue {

namespace {

bool is_reserved(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('/'));
  return first == "$aws" || first == "$fescue";
}

/// $aws/things/<thing>/shadow/[name/<shadow>/]get|update|delete
bool is_shadow_request(std::string_view topic) {
  const auto levels = split(topic, '/');
  const bool named = levels.size() == 7 && levels[4] == "name" && !levels[5].empty();
  if (levels.size() != 5 && !named) return false;
  if (levels[0] != "$aws" || levels[1] != "things" || levels[2].empty() || levels[3] != "shadow") return false;
  const std::string_view verb = levels.back();
  return verb == "get" || verb == "update" || verb == "delete";
}

constexpr std::string_view kShadow[] = {"$aws", "things", "+", "shadow"};
constexpr std::string_view kRegistered[] = {"$aws", "events", "certificates", "registered"};

/// Whether a filter of these levels can match a topic that begins as `pattern` and has a level more.
bool matches_below(const std::vector<std::string_view>& levels, std::span<const std::string_view> pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= levels.size()) return false;
    if (i > 0 && levels[i] == "#") return true;
    const bool wild = i > 0 && (levels[i] == "+" || pattern[i] == "+");
    if (!wild && levels[i] != pattern[i]) return false;
  }
  return levels.size() > pattern.size();
}

Error reserved(std::string_view topic) {
  return Error(Code::permission_denied,
               fmt::format("topic \"{}\" is reserved: of those that begin with \"$\", only a shadow's get, update and "
                           "delete can be published to",
                           topic));
}

}  // namespace

Result<void> check_local_topic(const Topic& topic) {
  if (!is_reserved(topic.view()) || is_shadow_request(topic.view())) return ok();
  return reserved(topic.view());
}

Result<void> check_cloud_topic(std::string_view topic) {
  if (!topic.starts_with('$') || is_shadow_request(topic)) return ok();
  return reserved(topic);
}

Result<void> check_row_filter(const TopicFilter& filter) {
  if (!is_reserved(filter.view()) || matches_told_topics(filter.view())) return ok();
  return Error(
      Code::invalid_argument,
      fmt::format("topic filter \"{}\" is reserved: of the topics that begin with \"$aws/\" or \"$fescue/\", a "
                  "subscription can name those of shadows, \"$aws/things/<thing>/shadow/...\", and "
                  "\"$aws/events/certificates/registered/<CA>\"",
                  filter.view()));
}

bool matches_told_topics(std::string_view filter) {
  const auto levels = split(filter, '/');
  return matches_below(levels, kShadow) ||
         (matches_below(levels, kRegistered) && levels.size() <= std::size(kRegistered) + 1);
}

}  // namespace fescue
