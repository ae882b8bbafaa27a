// Links that stay in their archive and links that do not, by themselves and through one another.
#include "sys/storage/archive_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue {
namespace {

using testing::HasSubstr;

std::string refusal(const ArchiveLinks& links) {
  const auto checked = check_links(links);
  return checked ? "accepted" : checked.error().message();
}

TEST(ArchiveLinks, MayLeadAnywhereInside) {
  EXPECT_EQ(refusal({}), "accepted");
  EXPECT_EQ(refusal({{"latest", "releases/2"}, {"bin/tool", "../latest/tool.js"}, {"a/b/root", "../.."}}), "accepted");
  EXPECT_EQ(refusal({{"lib.so", "./lib.so.1"}, {"lib.so.1", "lib.so.1.2//"}}), "accepted");
}

TEST(ArchiveLinks, ThatLeadOutAreNamed) {
  EXPECT_EQ(refusal({{"good", "file"}, {"passwd", "/etc/passwd"}}),
            "zip entry \"passwd\": symbolic link to \"/etc/passwd\": it is absolute");
  EXPECT_EQ(refusal({{"a/up", "../../x"}}),
            "zip entry \"a/up\": symbolic link to \"../../x\": it leads out of the package");
  EXPECT_THAT(refusal({{"up", ".."}}), HasSubstr("leads out"));
  EXPECT_THAT(refusal({{"up", "a/../../a"}}), HasSubstr("leads out"));
  EXPECT_THAT(refusal({{"none", ""}}), HasSubstr("leads nowhere"));
}

TEST(ArchiveLinks, AreFollowedThroughOneAnother) {
  // By its letters alone this is deep/dir/x.
  EXPECT_THAT(refusal({{"deep/dir/up", "../.."}, {"way", "deep/dir/up/../x"}}), HasSubstr("\"way\""));
  EXPECT_EQ(refusal({{"deep/dir/up", ".."}, {"way", "deep/dir/up/../x"}}), "accepted");
  EXPECT_THAT(refusal({{"a", "b"}, {"b", "c/.."}, {"c", "../d"}}), HasSubstr("\"a\""));
}

TEST(ArchiveLinks, CirclesAreRefused) {
  EXPECT_THAT(refusal({{"a", "b"}, {"b", "a"}}), HasSubstr("in a circle"));
  EXPECT_THAT(refusal({{"a", "a"}}), HasSubstr("in a circle"));
  EXPECT_THAT(refusal({{"a", "a/a"}}), HasSubstr("in a circle"));
}

TEST(ArchiveLinks, TakeBoundedTime) {
  ArchiveLinks links;
  std::string slow;
  for (int i = 0; i < 500; ++i) slow += "d/";
  for (int i = 0; i < 50000; ++i) links[std::to_string(i)] = slow + "x";
  EXPECT_THAT(refusal(links), HasSubstr("without end"));
}

}  // namespace
}  // namespace fescue
