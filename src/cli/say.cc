// The one way to standard output and standard error.
#include "cli/say.h"

#include <unistd.h>

#include <string>

#include "base/printable.h"

namespace fescue::cli {

void say(std::FILE* to, std::string_view text) {
  std::string shown;
  if (::isatty(::fileno(to)) == 1) text = shown = printable(text, LineEnds::keep);
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

}  // namespace fescue::cli
