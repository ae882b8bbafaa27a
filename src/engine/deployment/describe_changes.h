// Pure: what a deployment changes, as a sentence for the log. How the change is carried out is each group part's
// business (engine/ports/group_part.h).
//
// Functions are told apart by their qualified ARN. What is left after that is paired by the name without the version,
// so that Echo:3 giving way to Echo:4 is one change and not a removal and an addition.
#pragma once

#include <string>

#include "model/group.h"

namespace fescue {

/// "2 added (A:1, B:1); changed Echo:3 to Echo:4: version, code; subscriptions changed". It names what differs and
/// never a value, which may be a secret; the order of subscriptions does not count. `running` is null when nothing is
/// deployed.
std::string describe_changes(const Group* running, const Group& wanted);

}  // namespace fescue
