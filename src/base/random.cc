// getrandom(2), and what ids and tokens are made of it.
#include "base/random.h"

#include <sys/random.h>

#include <cstring>

#include "base/assert.h"
#include "base/bytes.h"

namespace fescue {

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::getrandom(out.data() + done, count - done, 0);
    FESCUE_ASSERT(got > 0 || errno == EINTR);
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return out;
}

std::uint64_t random_u64() {
  const std::string bytes = random_bytes(sizeof(std::uint64_t));
  std::uint64_t value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::string random_uuid() {
  std::string bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = hex_encode(bytes);
  for (std::size_t dash : {8, 13, 18, 23}) hex.insert(dash, 1, '-');
  return hex;
}

std::string random_alphanumeric(std::size_t count) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr unsigned kLetters = sizeof kAlphabet - 1;
  constexpr unsigned kFair = 256 / kLetters * kLetters;
  std::string out;
  while (out.size() < count) {
    for (char c : random_bytes(count)) {
      const auto value = static_cast<unsigned char>(c);
      if (value < kFair && out.size() < count) out.push_back(kAlphabet[value % kLetters]);
    }
  }
  return out;
}

}  // namespace fescue
