// MQTT topics and filters. A Topic is publishable: no wildcards. The two ways of matching have two names, because V1's
// subscription rows and MQTT's SUBSCRIBE differ on `a/#` against `a` (docs/compatibility/subscriptions.md#filters).
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/limits.h"

namespace fescue {

class Topic {
 public:
  Topic() = default;
  /// 1..256 bytes of valid UTF-8, no NUL, no `+` or `#`.
  static Result<Topic> parse(std::string_view text);
  const std::string& str() const { return text_; }
  std::string_view view() const { return text_; }
  friend bool operator==(const Topic&, const Topic&) = default;
  friend auto operator<=>(const Topic&, const Topic&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Topic& topic) { return out << topic.text_; }

 private:
  std::string text_;
};

class TopicFilter {
 public:
  TopicFilter() = default;
  /// As Topic, but a level may be exactly `+`, and the last level exactly `#`. Any number of `+` (V1 allowed one).
  static Result<TopicFilter> parse(std::string_view text);
  const std::string& str() const { return text_; }
  std::string_view view() const { return text_; }
  friend bool operator==(const TopicFilter&, const TopicFilter&) = default;
  friend auto operator<=>(const TopicFilter&, const TopicFilter&) = default;
  friend std::ostream& operator<<(std::ostream& out, const TopicFilter& filter) { return out << filter.text_; }

 private:
  std::string text_;
};

/// Takes the first level, which may be empty, off `rest`; `more`: whether another follows it.
inline std::string_view take_topic_level(std::string_view& rest, bool& more) {
  const std::size_t slash = rest.find('/');
  const std::string_view level = rest.substr(0, slash);
  more = slash != std::string_view::npos;
  rest = more ? rest.substr(slash + 1) : std::string_view();
  return level;
}

/// V1 subscription row: `sensor/#` matches `sensor/` and `sensor/a/b`, not `sensor`.
bool row_matches(const TopicFilter& filter, const Topic& topic);

/// MQTT 3.1.1 section 4.7: `sensor/#` matches `sensor` too; wildcards at the first level skip topics that begin with
/// `$`.
bool mqtt_matches(const TopicFilter& filter, const Topic& topic);

}  // namespace fescue
