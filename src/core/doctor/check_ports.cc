// Findings about the ports that a core and its control plane would listen on.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/doctor/doctor.h"
#include "sys/net/listeners.h"

namespace fescue::doctor {

namespace {

/// "--api" of "the API (--api)".
std::string_view option_in(std::string_view name) {
  const std::size_t begin = name.find('(');
  if (begin == std::string_view::npos || !name.ends_with(')')) return name;
  return name.substr(begin + 1, name.size() - begin - 2);
}

}  // namespace

Findings check_ports(const std::vector<PortUse>& uses) {
  asio::io_context io(1);
  Findings out;
  std::vector<std::string> free;
  for (const PortUse& use : uses) {
    if (use.is_ours) {
      out.push_back({"ports", Verdict::good, fmt::format("{} is at {}", use.name, use.address.str())});
      continue;
    }
    const auto listeners = listen_on(io, use.address.host, use.address.port, option_in(use.name));
    if (listeners) {
      free.push_back(use.address.str());
    } else {
      out.push_back({"ports", Verdict::warning, listeners.error().message(),
                     "stop what has it, or give `fescue up` another port"});
    }
  }
  if (!free.empty()) out.push_back({"ports", Verdict::good, fmt::format("free: {}", fmt::join(free, ", "))});
  return out;
}

}  // namespace fescue::doctor
