// The event that a handler works on. gg_lambda_handler_read() and its like find it through the thread they are called
// on: outside a handler, and on other threads, there is none.
#pragma once

#include "bytes.h"

namespace fescue {

struct CurrentEvent {
  std::string_view payload;
  std::size_t read = 0;
  Buffer& response;
  Buffer& error;
  bool& failed;
};

/// Of this thread; null outside a handler.
CurrentEvent*& current_event();

}  // namespace fescue
