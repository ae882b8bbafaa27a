// Keys of the API (docs/security.md#keys-of-the-api): operations of our own, which AWS has not, for `fescue key`. They
// are signed for the service "fescue".
#pragma once

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

OperationBody create_api_key, list_api_keys, revoke_api_key;

}  // namespace fescue::cloud
