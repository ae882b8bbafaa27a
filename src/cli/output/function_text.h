// What one function gets of the machine (core/admin/function_view.h), as text for people. Pure. Members that are not
// there are left out.
#pragma once

#include <string>

#include <boost/json.hpp>

namespace fescue::cli {

std::string function_text(const boost::json::value& view);

}  // namespace fescue::cli
