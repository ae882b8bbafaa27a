// Pure: one HTTP request to one IpcCall, the parsed form of everything but the body
// (docs/compatibility/local-api.md#headers, docs/compatibility/local-api.md#requests). Who is calling is decided
// fallback; a Refused is the answer whoever it was.
//
// Tolerated, because V1's clients do it: raw or escaped ':' and '$' in ARNs, a trailing slash or none, any
// Content-Type, header names in any case, empty headers as if absent, a query string (ignored).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/strong.h"
#include "model/arn.h"
#include "model/ids.h"
#include "model/invocation.h"
#include "sys/http/http.h"

namespace fescue {

inline constexpr std::string_view kIpcBase = "/2016-11-01/";

/// POST /functions/{arn}: run it. System functions come without a qualifier.
struct SubmitCall {
  FunctionArn target;
  InvocationType type = InvocationType::request_response;
  std::string client_context;  // valid base64, or empty
};

/// GET /functions/{arn}: the result of an earlier submit.
struct FetchResultCall {
  InvocationId id;
};

/// GET /functions/{arn}/work
struct NextWorkCall {
  FunctionArn function;
};

using ThenNext = StrongBool<struct ThenNextTag>;

/// POST /functions/{arn}/work: the outcome of an item.
struct WorkDoneCall {
  FunctionArn function;
  InvocationId id;
  FunctionError error = FunctionError::none;
  ThenNext then_next;  // Fescue-Next: 1
};

/// PUT /functions/{arn}/initialized
struct InitializedCall {
  FunctionArn function;
  ThenNext then_next;
};

struct AllWorkersCall {};   // GET /health/workers
struct SomeWorkersCall {};  // POST /health/workers
struct CredentialsCall {};  // GET /credentialprovider/
struct LegacyLogCall {};    // POST /cloudwatch/logs/

struct Refused {
  unsigned status = 400;
  std::string message;
  std::string allow = {};  // the Allow header of a 405
};

using IpcCall = std::variant<Refused, SubmitCall, FetchResultCall, NextWorkCall, WorkDoneCall, InitializedCall,
                             AllWorkersCall, SomeWorkersCall, CredentialsCall, LegacyLogCall>;

/// Whether the target belongs to this API at all.
bool is_ipc_target(std::string_view target);

IpcCall route_ipc(const HttpRequest& request);

}  // namespace fescue
