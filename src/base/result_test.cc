// The macros of results, and strong types.
#include "base/result.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/strong.h"

namespace fescue {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error(Code::invalid_argument, "odd");
  return n / 2;
}

Result<int> quarter(int n) {
  FESCUE_TRY(h, half(n));
  FESCUE_TRY(q, half(h));
  return q;
}

TEST(Result, TryPassesTheErrorOn) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error(), Error(Code::invalid_argument, "odd"));
  EXPECT_EQ(quarter(6).error().in("quarter").message(), "quarter: odd");
}

TEST(Strong, TagsDoNotMix) {
  using A = Strong<struct ATag>;
  using B = Strong<struct BTag>;
  static_assert(!std::is_convertible_v<A, B> && !std::is_convertible_v<std::string, A>);
  EXPECT_LT(A("a"), A("b"));
}

TEST(Random, UuidHasVersion4Form) {
  const std::string uuid = random_uuid();
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  EXPECT_NE(uuid, random_uuid());
}

}  // namespace
}  // namespace fescue
