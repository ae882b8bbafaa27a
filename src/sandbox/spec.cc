#include "sandbox/spec.h"

#include <cctype>
#include <cstring>

namespace fescue {

std::string describe(const WorkerExit& exit) {
  if (exit.cause == ExitCause::lost) return "lost";
  if (exit.signal == 0) return "exit status " + std::to_string(exit.exit_code);
  const char* name = ::sigdescr_np(exit.signal);
  std::string text = name ? name : std::to_string(exit.signal);
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return "signal: " + text;
}

}  // namespace fescue
