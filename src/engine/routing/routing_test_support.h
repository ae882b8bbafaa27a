// Short names for the ends and topics of rows in tests.
#pragma once

#include <string_view>

#include "model/endpoint.h"
#include "model/topic.h"

namespace fescue {

inline Endpoint function_endpoint(std::string_view name, std::string_view version = "1") {
  return Endpoint::function(FunctionArn::make(Region("us-west-2"), AccountId("123456789012"), name, version));
}

inline Topic topic(std::string_view text) { return Topic::parse(text).value(); }

}  // namespace fescue
