// What a function that runs by itself is answered when it invokes others, asks for shadows or for secrets:
//
//   {"functions": {"Doubler": {"payload": 42},
//                  "Flaky:2": [{"error": "Handled", "payload": {"errorMessage": "no"}}, {"text": "then this"}]},
//    "shadows":   {"Thermostat": {"reported": {"on": true}}, "Broken": {"code": 500, "message": "no"}},
//    "secrets":   {"database": "s3cret"}}
//
// A function is named by its name, with its version, or by its ARN. Of a list, each call gets the next answer, and the
// last from then on. A shadow changes with the updates that it gets; one with a code fails every call.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/shadow/shadow_service.h"
#include "model/invocation.h"

namespace fescue {

struct CannedShadow {
  StoredShadow stored;
  std::string failure;  // the body of every answer; empty when there is none
};

struct CannedAnswers {
  std::map<std::string, std::vector<InvocationResult>> functions;  // never an empty list
  std::map<std::string, CannedShadow> shadows;
  std::map<std::string, std::string> secrets;
};

/// Errors: invalid_argument that names the member.
Result<CannedAnswers> parse_canned_answers(std::string_view json);

}  // namespace fescue
