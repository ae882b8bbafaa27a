// Any request of a function: it becomes one call with valid parts or a refusal, and its body is parsed or refused. The
// input reads like HTTP: a line "METHOD TARGET", header lines, an empty line, the body.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "ipc/legacy_log.h"
#include "ipc/publish_order.h"
#include "ipc/routes.h"

namespace {

using namespace fescue;

std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

HttpRequest read_request(std::string_view input) {
  HttpRequest request;
  std::string_view first = take_until(input, '\n');
  request.method = take_until(first, ' ');
  request.target = first;
  for (;;) {
    std::string_view line = take_until(input, '\n');
    if (line.empty()) break;
    const std::string_view name = take_until(line, ':');
    request.headers.add(std::string(name), std::string(line));
  }
  request.body = input;
  return request;
}

void check(const Refused& refused) {
  FESCUE_ASSERT(refused.status == 400 || refused.status == 404 || refused.status == 405);
  FESCUE_ASSERT(!refused.message.empty() && (refused.status == 405) == !refused.allow.empty());
}
void check(const SubmitCall& call) {
  FESCUE_ASSERT(!call.target.empty() && base64_decode(call.client_context));
  FESCUE_ASSERT(!call.target.is_system() || !call.target.is_qualified());
}
void check(const FetchResultCall& call) { FESCUE_ASSERT(!call.id.empty()); }
void check(const NextWorkCall& call) { FESCUE_ASSERT(!call.function.empty()); }
void check(const WorkDoneCall& call) { FESCUE_ASSERT(!call.function.empty() && !call.id.empty()); }
void check(const InitializedCall& call) { FESCUE_ASSERT(!call.function.empty()); }
void check(const AllWorkersCall&) {}
void check(const SomeWorkersCall&) {}
void check(const CredentialsCall&) {}
void check(const LegacyLogCall&) {}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const HttpRequest request = read_request({reinterpret_cast<const char*>(data), size});
  const IpcCall call = route_ipc(request);
  std::visit([](const auto& parsed) { check(parsed); }, call);
  if (const auto order = parse_publish_order(base64_encode(request.body))) FESCUE_ASSERT(!order->topic.view().empty());
  if (const auto batch = parse_legacy_log(request.body)) FESCUE_ASSERT(!batch->lines.empty());
  return 0;
}
