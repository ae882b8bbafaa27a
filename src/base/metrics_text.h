// Prometheus' text format, version 0.0.4.
//
//   MetricsText out;
//   out.counter("fescue_messages_published_total", "Messages that came in.", 12);
//   out.gauge("fescue_function_waiting", "Items not delivered yet.", 3, {{"function", arn.str()}});
//   std::string text = out.take();
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace fescue {

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Samples of one name follow each other. Names and labels' names are ours; labels' values are escaped.
  void counter(std::string_view name, std::string_view help, std::uint64_t value, Labels labels = {});
  void gauge(std::string_view name, std::string_view help, std::uint64_t value, Labels labels = {});
  std::string take() { return std::move(text_); }

 private:
  void sample(std::string_view type, std::string_view name, std::string_view help, std::uint64_t value, Labels labels);

  std::string text_;
  std::string last_name_;
};

}  // namespace fescue
