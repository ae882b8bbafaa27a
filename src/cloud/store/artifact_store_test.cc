// Packages on a disk, damaged ones and a disk that fails among them.
#include "cloud/store/artifact_store.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_directory.h"

namespace fescue::cloud {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ArtifactStoreTest : public testing::Test {
 protected:
  std::string directory() const { return root_ + "/artifacts"; }
  std::vector<std::string> names() { return *real_file_system().list(directory()); }

  const TempDirectory own_;
  const std::string root_ = own_.path();
  FaultyFileSystem files_{real_file_system()};
};

TEST_F(ArtifactStoreTest, KeepsPackagesByTheirHash) {
  const auto store = ArtifactStore::open(files_, directory());
  ASSERT_TRUE(store);
  const auto hash = store->put("abc");
  ASSERT_TRUE(hash);
  EXPECT_EQ(hash->str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*store->read(*hash), "abc");
  EXPECT_EQ(*store->put("abc"), *hash);
  EXPECT_THAT(names(), ElementsAre(hash->str()));
  struct stat found = {};
  ::stat((directory() + "/" + hash->str()).c_str(), &found);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
}

TEST_F(ArtifactStoreTest, NoticesDamageAndRepairsIt) {
  const auto store = ArtifactStore::open(files_, directory());
  const ArtifactHash hash = *store->put("abc");
  ASSERT_TRUE(real_file_system().write_atomically(directory() + "/" + hash.str(), "abd", 0600));
  EXPECT_EQ(store->read(hash).error().code(), Code::io);
  ASSERT_TRUE(store->put("abc"));
  EXPECT_EQ(*store->read(hash), "abc");
}

TEST_F(ArtifactStoreTest, AFailedWriteLeavesNothing) {
  const auto store = ArtifactStore::open(files_, directory());
  files_.set_free_bytes(2);
  EXPECT_FALSE(store->put("abc"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(ArtifactStoreTest, DropsWhatNobodyRefersTo) {
  const auto store = ArtifactStore::open(files_, directory());
  const ArtifactHash kept = *store->put("kept");
  const ArtifactHash dropped = *store->put("dropped");
  ASSERT_TRUE(store->retain_only({kept}));
  EXPECT_THAT(names(), ElementsAre(kept.str()));
  EXPECT_EQ(store->read(dropped).error().code(), Code::not_found);
}

TEST_F(ArtifactStoreTest, HasABound) {
  const auto store = ArtifactStore::open(files_, directory());
  EXPECT_EQ(store->put(std::string(kMaxUnpackedPackageBytes + 1, 'x')).error().code(), Code::too_large);
}

TEST(ArtifactHashTest, HasAGrammar) {
  EXPECT_TRUE(parse_artifact_hash(std::string(64, 'a')));
  EXPECT_FALSE(parse_artifact_hash(std::string(64, 'A')));
  EXPECT_FALSE(parse_artifact_hash(std::string(63, 'a')));
  EXPECT_FALSE(parse_artifact_hash("../" + std::string(61, 'a')));
}

}  // namespace
}  // namespace fescue::cloud
