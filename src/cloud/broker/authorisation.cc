// The fixed rule on `$fescue/cores/`, and who may take over a client id.
#include "cloud/broker/authorisation.h"

#include <algorithm>

namespace fescue::cloud {

namespace {

constexpr std::string_view kCoreTopics = "$fescue/cores/";

}  // namespace

std::string_view name_of(Action action) {
  switch (action) {
    case Action::connect:
      return "connect";
    case Action::publish:
      return "publish";
    case Action::subscribe:
      return "subscribe";
    case Action::receive:
      return "receive";
  }
  return "unknown";
}

bool is_core_topic(std::string_view topic_or_filter) {
  return topic_or_filter == "$fescue" || topic_or_filter.starts_with("$fescue/");
}

bool may_use_core_topic(const Principal& principal, std::string_view topic_or_filter) {
  if (!topic_or_filter.starts_with(kCoreTopics)) return false;
  const std::string_view rest = topic_or_filter.substr(kCoreTopics.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view thing = rest.substr(0, slash);
  return std::any_of(principal.things.begin(), principal.things.end(),
                     [&](const ThingName& each) { return each.view() == thing; });
}

bool may_take_over(const Principal& newcomer, const Principal& holder) {
  if (holder.things.empty()) return true;
  return std::find_first_of(newcomer.things.begin(), newcomer.things.end(), holder.things.begin(),
                            holder.things.end()) != newcomer.things.end();
}

}  // namespace fescue::cloud
