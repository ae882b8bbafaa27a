// One function of a group as a core gets it: alias resolved, defaults applied, V1's rules checked.
#pragma once

#include <vector>

#include "cloud/deployments/deployment_builder.h"

namespace fescue::cloud {

/// `facts` is null when the ARN leads nowhere. What is wrong goes to `problems`; without a version the result is empty.
FunctionConfig build_function(const FunctionEntry& entry, const GroupDefinitions& group, const FunctionFacts* facts,
                              std::vector<ErrorDetail>& problems);

}  // namespace fescue::cloud
