// The filter as a program; what it does to a worker is in escape_test.cc.
#include "sandbox/seccomp.h"

#include <linux/bpf_common.h>

#include <algorithm>
#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "sandbox/seccomp_calls.h"

namespace fescue {
namespace {

TEST(Seccomp, TheFilterFitsTheKernel) {
  const auto program = compile_seccomp();
  ASSERT_TRUE(program) << program.error().message();
  EXPECT_GT(program->size(), 100u);
  EXPECT_LE(program->size(), static_cast<std::size_t>(BPF_MAXINSNS));
}

TEST(Seccomp, NoCallIsBothAllowedAndRefused) {
  const std::set<std::string_view> allowed(std::begin(kAllowedCalls), std::end(kAllowedCalls));
  EXPECT_EQ(allowed.size(), std::size(kAllowedCalls));  // nor named twice
  for (const std::string_view name : kRefusedCalls) EXPECT_FALSE(allowed.contains(name)) << name;
}

}  // namespace
}  // namespace fescue
