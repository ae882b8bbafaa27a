// Lists of what there is nothing of here (docs/compatibility/api-iot.md#in-passing).
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud::iot {

OperationBody list_thing_groups_for_thing, list_thing_groups, list_topic_rules;

}  // namespace fescue::cloud::iot
