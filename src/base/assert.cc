// The end of a process whose invariant broke: a line with the place, then abort().
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace fescue {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
  std::abort();
}

}  // namespace fescue
