// This process's own memory, which grows with what is touched.
#include "sys/process/process_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(ProcessMemory, GrowsWithWhatIsTouched) {
  constexpr std::size_t kBytes = 32 * 1024 * 1024;
  const ProcessMemory before = memory_of(0);
  ASSERT_TRUE(before.rss_kb && before.pss_kb);
  void* room = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(room, MAP_FAILED);
  std::memset(room, 1, kBytes);
  const ProcessMemory after = memory_of(::getpid());
  ::munmap(room, kBytes);
  EXPECT_GE(*after.rss_kb, *before.rss_kb + kBytes / 1024 / 2);
  EXPECT_GE(*after.pss_kb, *before.pss_kb + kBytes / 1024 / 2);
}

TEST(ProcessMemory, IsAbsentWithoutAProcess) {
  const ProcessMemory none = memory_of(2'000'000'000);
  EXPECT_FALSE(none.rss_kb);
  EXPECT_FALSE(none.pss_kb);
}

}  // namespace
}  // namespace fescue
