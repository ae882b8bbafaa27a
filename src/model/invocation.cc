// Names of outcomes, the body of a failed one, and the client context of a call that a message causes.
#include "model/invocation.h"

#include "base/json_escape.h"

namespace fescue {

std::string_view name_of(FunctionError error) {
  switch (error) {
    case FunctionError::none:
      return "";
    case FunctionError::handled:
      return "Handled";
    case FunctionError::unhandled:
      return "Unhandled";
  }
  return "";
}

InvocationResult failed_result(FunctionError error, std::string_view message) {
  return {error, Payload("{\"errorMessage\":" + json_quote(message) + "}")};
}

std::string subject_context(const Topic& topic) {
  return base64_encode("{\"custom\":{\"subject\":" + json_quote(topic.view()) + "}}");
}

}  // namespace fescue
