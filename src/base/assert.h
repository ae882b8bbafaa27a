// FESCUE_ASSERT: a broken invariant is a bug. It is logged and the process aborts; its supervisor starts it anew.
#pragma once

namespace fescue {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace fescue

#define FESCUE_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::fescue::assertion_failed(#expression, __FILE__, __LINE__))
