// Counts by listener and cause.
#include "cloud/rejection_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

TEST(RejectionLog, AreCountedByListenerAndCause) {
  RejectionLog rejections;
  for (int i = 0; i < 3; ++i) rejections.note(ListenerName::api, "bad_request", "127.0.0.1:1", "not HTTP");
  rejections.note(ListenerName::cores, "bad_request", "127.0.0.1:1", "not HTTP");
  rejections.note(ListenerName::cores, "certificate", "127.0.0.1:1", "not registered");
  using Count = RejectionCounts::value_type;
  EXPECT_THAT(rejections.counts(), testing::ElementsAre(Count{{ListenerName::api, "bad_request"}, 3},
                                                        Count{{ListenerName::cores, "bad_request"}, 1},
                                                        Count{{ListenerName::cores, "certificate"}, 1}));
}

}  // namespace
}  // namespace fescue::cloud
