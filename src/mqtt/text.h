// Well-formedness of MQTT's strings [1.5.3], topics and filters [4.7].
#pragma once

#include <cstddef>
#include <string_view>

namespace fescue::mqtt {

/// What is wrong with `text`, as the end of a sentence ("is not UTF-8"); empty when nothing is.
std::string_view problem_of_text(std::string_view text);
std::string_view problem_of_topic(std::string_view text);   // also: empty, wildcards
std::string_view problem_of_filter(std::string_view text);  // also: empty, misplaced wildcards

/// `a` has one level, `a//b` three.
std::size_t count_levels(std::string_view topic_or_filter);

}  // namespace fescue::mqtt
