// The C functions by which a handler reads its event and writes its response.
#include "invocation.h"

#include <cstring>

#include "greengrasssdk.h"

namespace fescue {

namespace {

constinit thread_local CurrentEvent* current = nullptr;

}  // namespace

CurrentEvent*& current_event() { return current; }

}  // namespace fescue

using namespace fescue;

gg_error gg_lambda_handler_read(void* buffer, size_t buffer_size, size_t* amount_read) {
  if (amount_read != nullptr) *amount_read = 0;
  if (amount_read == nullptr || (buffer == nullptr && buffer_size > 0)) return GGE_INVALID_PARAMETER;
  CurrentEvent* event = current_event();
  if (event == nullptr) return GGE_INVALID_STATE;
  const std::string_view rest = part(event->payload, event->read, buffer_size);
  if (!rest.empty()) std::memcpy(buffer, rest.data(), rest.size());
  event->read += rest.size();
  *amount_read = rest.size();
  return GGE_SUCCESS;
}

gg_error gg_lambda_handler_write_response(const void* response, size_t response_size) {
  if (response == nullptr && response_size > 0) return GGE_INVALID_PARAMETER;
  CurrentEvent* event = current_event();
  if (event == nullptr) return GGE_INVALID_STATE;
  event->response.append({static_cast<const char*>(response), response_size});
  return event->response.ok() ? GGE_SUCCESS : GGE_OUT_OF_MEMORY;
}

gg_error gg_lambda_handler_write_error(const char* error_message) {
  if (error_message == nullptr) return GGE_INVALID_PARAMETER;
  CurrentEvent* event = current_event();
  if (event == nullptr) return GGE_INVALID_STATE;
  event->failed = true;
  event->error.clear();
  event->error.append({error_message, std::strlen(error_message)});
  return event->error.ok() ? GGE_SUCCESS : GGE_OUT_OF_MEMORY;
}
