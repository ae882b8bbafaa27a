// The escapes and the HELP, TYPE and sample lines of Prometheus' format.
#include "base/metrics_text.h"

#include <fmt/format.h>

namespace fescue {

namespace {

std::string escaped(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

void MetricsText::counter(std::string_view name, std::string_view help, std::uint64_t value, Labels labels) {
  sample("counter", name, help, value, labels);
}

void MetricsText::gauge(std::string_view name, std::string_view help, std::uint64_t value, Labels labels) {
  sample("gauge", name, help, value, labels);
}

void MetricsText::sample(std::string_view type, std::string_view name, std::string_view help, std::uint64_t value,
                         Labels labels) {
  if (name != last_name_) text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  last_name_ = name;
  text_ += name;
  char separator = '{';
  for (const auto& [label, text] : labels) {
    text_ += fmt::format("{}{}=\"{}\"", separator, label, escaped(text));
    separator = ',';
  }
  if (labels.size() > 0) text_ += '}';
  text_ += fmt::format(" {}\n", value);
}

}  // namespace fescue
