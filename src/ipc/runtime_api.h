// The Lambda Runtime API, version 2018-06-01, by which custom runtimes (`provided` and its like) take their work, as in
// AWS Lambda: GET .../invocation/next, POST .../invocation/ID/{response,error}, POST .../init/error. Each worker has a
// loopback port of its own, whose connections count only if their other end belongs to the worker: it has its uid and
// was made in its control group. So the API needs no token, and knows who calls. Where workers have no group of cgroup
// v2, or the kernel does not say in which a socket was made (before Linux 5.8), the uid alone tells, and functions that
// share one are one domain of trust.
//
// Contract: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and the official runtime interface clients.
#pragma once

#include <string>
#include <variant>

#include "engine/ports/worker_gateway.h"
#include "engine/ports/worker_sockets.h"
#include "sys/http/http_server.h"

namespace fescue {

struct RuntimeNextCall {};
struct RuntimeResponseCall {
  InvocationId id;
};
struct RuntimeErrorCall {
  InvocationId id;
};
struct RuntimeInitErrorCall {};
struct RuntimeRefused {
  unsigned status = 0;
  std::string_view type;
  std::string_view message;
};
using RuntimeCall =
    std::variant<RuntimeNextCall, RuntimeResponseCall, RuntimeErrorCall, RuntimeInitErrorCall, RuntimeRefused>;

/// By method and path alone. Pure.
RuntimeCall route_runtime_api(const HttpRequest& request);

/// A client context as runtimes get it in a header: its JSON on one line of ASCII. Empty if it is no base64 of JSON.
std::string context_header(std::string_view base64);

/// The API of one worker. It must not outlive the gateway.
class RuntimeApi {
 public:
  RuntimeApi(WorkerGateway& workers, CustomWorker worker) : workers_(workers), worker_(std::move(worker)) {}

  void handle(HttpExchangePtr exchange);

 private:
  void serve(RuntimeNextCall call, HttpExchangePtr exchange);
  void serve(RuntimeResponseCall call, HttpExchangePtr exchange);
  void serve(RuntimeErrorCall call, HttpExchangePtr exchange);
  void serve(RuntimeInitErrorCall call, HttpExchangePtr exchange);
  void serve(RuntimeRefused call, HttpExchangePtr exchange);
  void post(const InvocationId& id, InvocationResult result, HttpExchange& exchange);

  WorkerGateway& workers_;
  CustomWorker worker_;
};

}  // namespace fescue
