// The one system call of Fd.
#include "base/fd.h"

#include <unistd.h>

namespace fescue {

void Fd::reset(int number) {
  if (number_ >= 0) ::close(number_);
  number_ = number;
}

}  // namespace fescue
