// Downloads in pieces, resumed, repeated and refused, from a server that the test plays.
#include "deploy/download.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "deploy/deploy_test_support.h"
#include "deploy/fake_core_api_test_support.h"
#include "tests/fakes/run_until.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() : content_(random_bytes(2 * kArtifactPieceBytes + 1000)) { api_.artifacts[hash_] = content_; }

  template <class T>
  T run(Task<T> task) {
    return run_task(io_, std::move(task));
  }
  Result<void> download(std::uint64_t bytes) {
    return run(download_artifact(api_, pool_, hash_, bytes, path_, {3, 1ms, 2ms}));
  }

  TempDirectory directory_;
  std::string path_ = directory_.path("x.zip");
  std::string content_;
  ArtifactHash hash_ = ArtifactHash(hex_encode(as_view(sha256(content_))));
  asio::io_context io_{1};
  BlockingPool pool_;
  FakeCoreApi api_;
};

TEST_F(DownloadTest, FetchesPieceByPiece) {
  ASSERT_TRUE(download(content_.size()));
  EXPECT_EQ(read_text(path_), content_);
  EXPECT_EQ(api_.calls, (std::vector<std::string>{"artifact at 0", "artifact at 524288", "artifact at 1048576"}));
}

TEST_F(DownloadTest, TheSizeMayBeUnknown) {
  ASSERT_TRUE(download(0));
  EXPECT_EQ(read_text(path_), content_);
}

TEST_F(DownloadTest, GoesOnWhereAnEarlierRunStopped) {
  write_text(path_, content_.substr(0, 1000000));
  ASSERT_TRUE(download(content_.size()));
  EXPECT_EQ(read_text(path_), content_);
  EXPECT_EQ(api_.calls, std::vector<std::string>{"artifact at 1000000"});
}

TEST_F(DownloadTest, AWholeFileIsNotFetchedAgain) {
  write_text(path_, content_);
  ASSERT_TRUE(download(content_.size()));
  EXPECT_TRUE(api_.calls.empty());
}

TEST_F(DownloadTest, ADamagedBeginningIsFetchedAnew) {
  write_text(path_, std::string(1000000, 'x'));
  ASSERT_TRUE(download(content_.size()));
  EXPECT_EQ(read_text(path_), content_);
  write_text(path_, content_ + "more than there is");
  ASSERT_TRUE(download(content_.size()));
  EXPECT_EQ(read_text(path_), content_);
}

TEST_F(DownloadTest, TriesAgainWhatMayPass) {
  api_.failures = {Error(Code::unavailable, "a"), Error(Code::timeout, "b"), std::nullopt, Error(Code::io, "c")};
  ASSERT_TRUE(download(content_.size()));
  EXPECT_EQ(read_text(path_), content_);
}

TEST_F(DownloadTest, GivesUpInTheEnd) {
  api_.failures.assign(3, Error(Code::unavailable, "no route"));
  const auto done = download(content_.size());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message(), "given up after 3 tries: no route");
  EXPECT_EQ(api_.calls.size(), 3u);
}

TEST_F(DownloadTest, DoesNotRepeatWhatCannotPass) {
  api_.artifacts.clear();
  EXPECT_EQ(download(content_.size()).error().code(), Code::not_found);
  EXPECT_EQ(api_.calls.size(), 1u);
}

TEST_F(DownloadTest, AnotherHashOrSizeIsRefused) {
  api_.artifacts[hash_] = std::string(content_.size(), 'x');
  EXPECT_EQ(download(content_.size()).error().code(), Code::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(download(content_.size() + 1).error().code(), Code::invalid_argument);
  api_.artifacts[hash_] = "";
  EXPECT_EQ(download(0).error().code(), Code::invalid_argument);
}

TEST_F(DownloadTest, DocumentsAreRetriedToo) {
  api_.documents[DeploymentId("d")] = {"json", "signature", "certificate"};
  api_.failures = {Error(Code::unavailable, "a")};
  const auto document = run(download_document(api_, DeploymentId("d"), {3, 1ms, 2ms}));
  EXPECT_EQ(document.value().json, "json");
}

}  // namespace
}  // namespace fescue
