// What tools ask of a function in passing and nobody sets here (docs/compatibility/api-lambda.md#in-passing): each
// answers what AWS answers when there is nothing.
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

// Of a function or one of its versions.
OperationBody get_code_signing_config, get_function_policy, get_function_concurrency, get_runtime_management_config;
OperationBody get_function_url_config, list_function_url_configs;
OperationBody get_event_invoke_config, list_event_invoke_configs;
OperationBody get_provisioned_concurrency_config, list_provisioned_concurrency_configs;
OperationBody get_recursion_config;
// Of the account.
OperationBody get_account_settings, list_event_source_mappings, list_layers, list_code_signing_configs;

}  // namespace fescue::cloud
