// What the dispatcher contributes to status and metrics.
#include <boost/json.hpp>

#include "engine/routing/dispatcher.h"

namespace fescue {

void Dispatcher::add_status(boost::json::object& status) const {
  status["messages"] = {{"published", counters_.published}, {"delivered", counters_.delivered},
                        {"no_route", counters_.no_route},   {"refused", counters_.refused},
                        {"no_room", counters_.no_room},     {"reserved", counters_.reserved},
                        {"drops_remembered", drops_.size()}};
}

void Dispatcher::add_metrics(MetricsText& out) const {
  out.counter("fescue_messages_published_total", "Messages that came in.", counters_.published);
  out.counter("fescue_messages_delivered_total", "Pairs of message and target that were delivered.",
              counters_.delivered);
  const std::string_view name = "fescue_messages_dropped_total",
                         help = "Messages that did not reach a target, by cause.";
  out.counter(name, help, counters_.no_route, {{"cause", "no_route"}});
  out.counter(name, help, counters_.refused, {{"cause", "refused"}});
  out.counter(name, help, counters_.no_room, {{"cause", "no_room"}});
  out.counter(name, help, counters_.reserved, {{"cause", "reserved"}});
}

}  // namespace fescue
