// gg_request: a handle for requests to the core, one after another, and the answer to the last of them.
#pragma once

#include <atomic>

#include "answer.h"
#include "greengrasssdk.h"

struct _gg_request : fescue::OnHeap {
  fescue::Buffer head;  // kept from one request to the next for their memory
  fescue::Buffer context;
  fescue::Answer answer;
  std::size_t read = 0;  // of the answer's body
  std::atomic<bool> busy = false;
};

namespace fescue {

struct Call {
  std::string_view target;   // ARN, qualified as it is to be
  std::string_view context;  // base64, may be empty
  gg_invoke_type type = GG_INVOKE_REQUEST_RESPONSE;
  std::string_view payload;
};

/// How the answers of a service say that it refused: functions by a header, services in their document.
enum class Refusals { in_header, of_shadow, of_secrets };

/// Carries the call to the core, and its result back into `request`. `result` is set whatever happens.
gg_error perform(_gg_request& request, const Call& call, Refusals refusals, gg_request_result& result);

/// Holds a request for one call: while a thread uses it, another's call fails with GGE_INVALID_STATE.
class Use {
 public:
  explicit Use(gg_request request) : request_(request), got_it_(!request->busy.exchange(true)) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    if (got_it_) request_->busy = false;
  }
  explicit operator bool() const { return got_it_; }

 private:
  gg_request request_;
  bool got_it_;
};

}  // namespace fescue
