// Whether a program could be executed here and now, without executing it: the file, the right to it, and what the
// kernel would load it with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fescue {

/// What a program's first bytes ask the kernel to run in its place: the interpreter of a script, the loader of an ELF
/// file. Empty: nothing, or nothing that those bytes tell.
std::string loader_of(std::string_view head);
inline constexpr std::size_t kProgramHead = 4096;

/// By the rights of this process. Errors: "run PATH: ..." as of execve(2), and the loader that is not there.
Result<void> check_program(const std::string& path);

}  // namespace fescue
