// What makes a topic and a filter well-formed, and the one walk over levels on which both ways of matching rest.
#include "model/topic.h"

#include <fmt/format.h>

#include "base/text/utf8.h"

namespace fescue {

namespace {

Result<void> check_common(std::string_view text, std::string_view kind) {
  if (text.empty()) return Error(Code::invalid_argument, fmt::format("a {} cannot be empty", kind));
  if (text.size() > kMaxTopicBytes) {
    return Error(Code::invalid_argument, fmt::format("a {} cannot be longer than {} bytes", kind, kMaxTopicBytes));
  }
  if (text.find('\0') != std::string_view::npos || !is_valid_utf8(text)) {
    return Error(Code::invalid_argument, fmt::format("a {} must be UTF-8 without NUL", kind));
  }
  return ok();
}

bool levels_match(std::string_view filter, std::string_view topic, bool hash_matches_parent) {
  bool more_filter = true;
  bool more_topic = true;
  while (more_filter && more_topic) {
    const std::string_view wanted = take_topic_level(filter, more_filter);
    if (wanted == "#") return true;
    const std::string_view level = take_topic_level(topic, more_topic);
    if (wanted != "+" && wanted != level) return false;
  }
  if (more_topic) return false;
  return !more_filter || (hash_matches_parent && filter == "#");
}

}  // namespace

Result<Topic> Topic::parse(std::string_view text) {
  FESCUE_CHECK(check_common(text, "topic"));
  if (text.find_first_of("+#") != std::string_view::npos) {
    return Error(Code::invalid_argument, fmt::format("topic \"{}\" contains a wildcard", text));
  }
  Topic topic;
  topic.text_ = text;
  return topic;
}

Result<TopicFilter> TopicFilter::parse(std::string_view text) {
  FESCUE_CHECK(check_common(text, "topic filter"));
  std::string_view rest = text;
  for (bool more = true; more;) {
    const std::string_view level = take_topic_level(rest, more);
    if (level == "+" || (level == "#" && !more)) continue;
    if (level.find_first_of("+#") != std::string_view::npos) {
      return Error(Code::invalid_argument,
                   fmt::format("topic filter \"{}\": \"+\" must fill a level and \"#\" must be the last one", text));
    }
  }
  TopicFilter filter;
  filter.text_ = text;
  return filter;
}

bool row_matches(const TopicFilter& filter, const Topic& topic) {
  return levels_match(filter.view(), topic.view(), false);
}

bool mqtt_matches(const TopicFilter& filter, const Topic& topic) {
  const bool wild_start = filter.view().starts_with('+') || filter.view().starts_with('#');
  if (wild_start && topic.view().starts_with('$')) return false;
  return levels_match(filter.view(), topic.view(), true);
}

}  // namespace fescue
