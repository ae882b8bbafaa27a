// Aligned columns, sizes and spans.
#include "cli/output/table.h"

#include <gtest/gtest.h>

namespace fescue::cli {
namespace {

TEST(Table, AlignsWordsLeftAndNumbersRight) {
  Table table({"NAME", "COUNT", "NOTE"});
  EXPECT_TRUE(table.empty());
  table.add({"a", "7", ""});
  table.add({"longer", "1234567", "last"});
  EXPECT_EQ(table.str(),
            "NAME      COUNT  NOTE\n"
            "a             7\n"
            "longer  1234567  last\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({"A", "B"});
  table.add({"Größe", "x"});
  table.add({"Menge", "y"});
  EXPECT_EQ(table.str(), "A      B\nGröße  x\nMenge  y\n");
}

TEST(Text, SizesAndTimes) {
  EXPECT_EQ(kilobytes_text(812), "812 KB");
  EXPECT_EQ(kilobytes_text(9523), "9.3 MB");
  EXPECT_EQ(kilobytes_text(1300000), "1.2 GB");
  EXPECT_EQ(seconds_text(9), "9 s");
  EXPECT_EQ(seconds_text(720), "12 min");
  EXPECT_EQ(seconds_text(12000), "3 h 20 min");
  EXPECT_EQ(seconds_text(4 * 86400 + 7300), "4 d 2 h");
}

}  // namespace
}  // namespace fescue::cli
