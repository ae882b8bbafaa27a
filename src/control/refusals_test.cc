#include "control/refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::control {
namespace {

TEST(Refusals, AreCountedByDoorAndCause) {
  Refusals refusals;
  for (int i = 0; i < 3; ++i) refusals.note(Door::api, "bad_request", "127.0.0.1:1", "not HTTP");
  refusals.note(Door::cores, "bad_request", "127.0.0.1:1", "not HTTP");
  refusals.note(Door::cores, "certificate", "127.0.0.1:1", "not registered");
  using Count = RefusalCounts::value_type;
  EXPECT_THAT(refusals.counts(),
              testing::ElementsAre(Count{{Door::api, "bad_request"}, 3}, Count{{Door::cores, "bad_request"}, 1},
                                   Count{{Door::cores, "certificate"}, 1}));
}

}  // namespace
}  // namespace fescue::control
