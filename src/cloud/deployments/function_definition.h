// Reading a version of a function definition, with V1's rules on what may not stand together.
#pragma once

#include <boost/json.hpp>

#include "cloud/deployments/definitions.h"

namespace fescue::cloud {

void read_functions(const boost::json::value& body, GroupDefinitions& into);

}  // namespace fescue::cloud
