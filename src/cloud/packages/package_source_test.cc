// Packages are fetched one at a time, and nobody waits without bound.
#include "cloud/packages/package_source.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_until.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

/// Answers with the key, and counts how many fetches are under way.
class SlowSource final : public PackageSource {
 public:
  explicit SlowSource(asio::io_context& io) : may_end(io) {}
  Task<Result<std::string>> fetch(PackageLocation where) override {
    most = std::max(most, ++under_way);
    co_await may_end.wait();
    --under_way;
    co_return where.key;
  }
  Event may_end;
  int under_way = 0, most = 0;
};

class PackageFetcherTest : public testing::Test {
 protected:
  void fetch(PackageFetcher& fetcher, const std::string& key) {
    asio::co_spawn(io_, fetcher.fetch({"bucket", key, ""}),
                   [this](std::exception_ptr, Result<PackageFetcher::Fetched> got) {
                     answers_.push_back(got ? got->zip : got.error().message());
                   });
  }
  bool answered(std::size_t count) {
    return run_until(io_, [&] { return answers_.size() == count; });
  }

  asio::io_context io_;
  std::vector<std::string> answers_;
};

TEST_F(PackageFetcherTest, WithoutASourceItSaysWhatToDo) {
  PackageFetcher fetcher(io_, nullptr);
  fetch(fetcher, "k");
  ASSERT_TRUE(answered(1));
  for (const char* way : {"--package-dir", "--s3-endpoint", "ZipFile"}) EXPECT_THAT(answers_[0], HasSubstr(way));
}

TEST_F(PackageFetcherTest, OneAtATimeAndTheNextWhenItIsStored) {
  auto owned = std::make_unique<SlowSource>(io_);
  SlowSource& source = *owned;
  PackageFetcher fetcher(io_, std::move(owned));
  for (std::size_t i = 0; i <= PackageFetcher::kMaxWaiting; ++i) fetch(fetcher, std::to_string(i));
  ASSERT_TRUE(run_until(io_, [&] { return source.under_way == 1; }));
  fetch(fetcher, "too many");
  ASSERT_TRUE(answered(1));
  EXPECT_THAT(answers_[0], HasSubstr("Too many packages"));
  source.may_end.set();
  ASSERT_TRUE(answered(2 + PackageFetcher::kMaxWaiting));
  EXPECT_EQ(source.most, 1);
}

}  // namespace
}  // namespace fescue::cloud
