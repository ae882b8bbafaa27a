// Randomness from the kernel: ids, tokens and keys. Never seeded, safe after fork.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace fescue {

std::string random_bytes(std::size_t count);
std::uint64_t random_u64();
std::string random_uuid();                           // lower-case version 4, 36 characters
std::string random_alphanumeric(std::size_t count);  // [A-Za-z0-9], uniform

}  // namespace fescue
