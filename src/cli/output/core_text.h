// What a core says of itself (core/admin/core_status.h, engine/routing/explain.h), as text for people. Pure. Members
// that are not there are left out: the core may be of another version.
#pragma once

#include <string>

#include <boost/json.hpp>

namespace fescue::cli {

std::string status_text(const boost::json::value& status);
std::string explanation_text(const boost::json::value& explanation);

}  // namespace fescue::cli
