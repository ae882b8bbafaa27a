// Lists by the number of a row: SQL that goes on behind the number `?1` in the order asked for, `?2` rows at most.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "cloud/model/certificate.h"

namespace fescue::cloud {

/// To follow "SELECT ... FROM table "; `condition` begins with "AND".
inline std::string in_order(ListOrder order, std::string_view condition = "") {
  return order == ListOrder::oldest_first
             ? fmt::format("WHERE number > ?1 {} ORDER BY number LIMIT ?2", condition)
             : fmt::format("WHERE number < ?1 {} ORDER BY number DESC LIMIT ?2", condition);
}

/// For `?1`; 0 is the begin of the list.
inline std::int64_t place_in(ListOrder order, std::int64_t after) {
  return order == ListOrder::newest_first && after == 0 ? std::numeric_limits<std::int64_t>::max() : after;
}

}  // namespace fescue::cloud
