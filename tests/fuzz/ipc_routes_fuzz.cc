// Any request of a function: it becomes one call with valid parts or a refusal, and its body is parsed or refused. The
// input: read_request.h.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "ipc/legacy_log.h"
#include "ipc/publish_order.h"
#include "ipc/routes.h"
#include "ipc/runtime_api.h"
#include "tests/fuzz/read_request.h"

namespace {

using namespace fescue;

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
void check(const RuntimeNextCall&) {}
void check(const RuntimeResponseCall& call) { FESCUE_ASSERT(!call.id.empty()); }
void check(const RuntimeErrorCall& call) { FESCUE_ASSERT(!call.id.empty()); }
void check(const RuntimeInitErrorCall&) {}
void check(const RuntimeRefused& refused) { FESCUE_ASSERT(refused.status >= 400 && !refused.message.empty()); }

void check_header(std::string_view text) {
  for (const char c : text) FESCUE_ASSERT(c >= ' ' && c < '\x7f');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const HttpRequest request = read_request({reinterpret_cast<const char*>(data), size});
  const IpcCall call = route_ipc(request);
  std::visit([](const auto& parsed) { check(parsed); }, call);
  std::visit([](const auto& parsed) { check(parsed); }, route_runtime_api(request));
  check_header(context_header(base64_encode(request.body)));
  if (const auto order = parse_publish_order(base64_encode(request.body))) FESCUE_ASSERT(!order->topic.view().empty());
  if (const auto batch = parse_legacy_log(request.body)) FESCUE_ASSERT(!batch->lines.empty());
  return 0;
}
