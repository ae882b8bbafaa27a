// Which topics that begin with `$` may be published to, by whom.
#include "model/reserved_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

TEST(ReservedTopics, OfThemShadowRequestsMayBePublished) {
  for (const char* open : {"a", "a/$aws", "aws/x", "$aws/things/t/shadow/get", "$aws/things/t/shadow/update",
                           "$aws/things/t/shadow/delete", "$aws/things/t/shadow/name/n/update"}) {
    EXPECT_TRUE(check_local_topic(Topic::parse(open).value())) << open;
    EXPECT_TRUE(check_cloud_topic(open)) << open;
  }
  for (const char* closed :
       {"$fescue", "$fescue/cores/c/hello", "$fescue/cores/c/deployments/notify", "$aws",
        "$aws/events/presence/connected/c", "$aws/rules/r/t", "$aws/things/t/shadow", "$aws/things//shadow/get",
        "$aws/things/t/shadow/update/accepted", "$aws/things/t/shadow/name//get",
        "$aws/things/t/shadow/name/n/get/accepted", "$aws/things/t/jobs/get"}) {
    const auto checked = check_local_topic(Topic::parse(closed).value());
    ASSERT_FALSE(checked) << closed;
    EXPECT_EQ(checked.error().code(), Code::permission_denied);
    EXPECT_THAT(checked.error().message(), HasSubstr(closed));
    EXPECT_FALSE(check_cloud_topic(closed)) << closed;
  }
}

TEST(ReservedTopics, OtherDollarsStayOnTheCore) {
  for (const char* local : {"$SYS/uptime", "$mine", "$fescues/x", "$"}) {
    EXPECT_TRUE(check_local_topic(Topic::parse(local).value())) << local;
    EXPECT_FALSE(check_cloud_topic(local)) << local;
  }
}

TEST(ReservedTopics, RowsMayNameThoseOfShadows) {
  for (const char* open : {"#", "+/x", "$SYS/#", "$aws/#", "$aws/things/#", "$aws/things/t/shadow/#",
                           "$aws/things/+/shadow/update/accepted", "$aws/things/t/#"}) {
    EXPECT_TRUE(check_row_filter(TopicFilter::parse(open).value())) << open;
  }
  for (const char* closed : {"$fescue/#", "$fescue", "$fescue/cores/+/hello", "$aws/events/presence/#", "$aws",
                             "$aws/things/t/shadow", "$aws/things/t/jobs/#", "$aws/rules/r"}) {
    const auto checked = check_row_filter(TopicFilter::parse(closed).value());
    ASSERT_FALSE(checked) << closed;
    EXPECT_THAT(checked.error().message(), HasSubstr(closed));
  }
}

TEST(ReservedTopics, FiltersThatMatchWhatClientsAreTold) {
  for (const char* told : {"$aws/+/t/shadow/#", "$aws/events/#", "$aws/events/certificates/registered/+",
                           "$aws/+/certificates/+/abc", "$aws/events/certificates/registered/#"}) {
    EXPECT_TRUE(matches_told_topics(told)) << told;
  }
  for (const char* silent : {"$SYS/#", "$share/group/a", "$aws/things", "$aws/events", "$aws/events/presence/#",
                             "$aws/events/certificates/registered", "$aws/events/certificates/registered/a/b",
                             "$aws/events/certificates/revoked/a"}) {
    EXPECT_FALSE(matches_told_topics(silent)) << silent;
  }
}

TEST(ReservedTopics, EventsAreHeardAndNeverSaid) {
  const char* event = "$aws/events/certificates/registered/abc";
  EXPECT_FALSE(check_local_topic(Topic::parse(event).value()));
  EXPECT_FALSE(check_cloud_topic(event));
  EXPECT_TRUE(check_row_filter(TopicFilter::parse(event).value()));
}

}  // namespace
}  // namespace fescue
