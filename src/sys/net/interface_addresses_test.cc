// What every machine has.
#include "sys/net/interface_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

TEST(InterfaceAddresses, IncludeLoopback) {
  EXPECT_THAT(interface_addresses(), testing::Contains(InterfaceAddress{"lo", "127.0.0.1"}));
  EXPECT_NE(host_name(), "");
}

}  // namespace
}  // namespace fescue
