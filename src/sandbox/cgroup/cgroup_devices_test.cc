// Device rules as a program for the kernel, and as lines of cgroup v1.
#include "sandbox/cgroup/cgroup_devices.h"

#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(Devices, AProgramEndsInARefusal) {
  const auto program = device_program(common_devices());
  ASSERT_GE(program.size(), 2u);
  EXPECT_EQ(program[program.size() - 2].imm, 0);
  EXPECT_EQ(program.back().code, BPF_JMP | BPF_EXIT);
}

TEST(Devices, RulesOfV1AreTexts) {
  EXPECT_EQ(v1_device_rule({DeviceRule::Kind::character, 1, 3, DeviceRule::Access::read_write}), "c 1:3 rw");
  EXPECT_EQ(v1_device_rule({DeviceRule::Kind::block, 7, std::nullopt, DeviceRule::Access::read}), "b 7:* r");
}

}  // namespace
}  // namespace fescue
