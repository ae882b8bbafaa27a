// Lambda's Invoke, carried out by a core (docs/compatibility/api-lambda.md#invoke):
//
//   POST /2015-03-31/functions/{name or ARN}/invocations[?Qualifier=VERSION]      body: the payload
//   X-Amz-Invocation-Type: RequestResponse | Event | DryRun
//   X-Amz-Log-Type: None | Tail            the last 4 KB of what the worker logs meanwhile, X-Amz-Log-Result
//   X-Amz-Client-Context: base64(JSON)
//
// The answer is Lambda's: 200 with the function's result (X-Amz-Function-Error when it failed, X-Amz-Executed-Version),
// 202, 204, or an error body with x-amzn-ErrorType. It is the same for whoever asks: the admin server, and the control
// plane on behalf of its API's clients.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/invoker.h"
#include "sys/http/http.h"

namespace fescue {

/// As it came: nothing is checked yet. Empty strings stand for absent headers.
struct LambdaInvoke {
  std::string function;
  std::string qualifier;
  std::string invocation_type;
  std::string log_type;
  std::string client_context;
  std::string payload;
};

/// Takes the body out of the request. Absent when the path is not that of an Invoke or its escapes are broken.
std::optional<LambdaInvoke> take_lambda_invoke(HttpRequest& request);

/// `answer` is called once, possibly before this returns.
using LambdaAnswer = std::function<void(HttpResponse)>;
void invoke_lambda(Invoker& functions, const std::vector<FunctionArn>& deployed, LambdaInvoke request,
                   LambdaAnswer answer);

}  // namespace fescue
