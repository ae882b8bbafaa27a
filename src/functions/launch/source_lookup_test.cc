// Which sources the launcher is asked about, and what becomes of its answers, of refusals and of silence.
#include "functions/launch/source_lookup.h"

#include <sys/stat.h>

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_until.h"

namespace fescue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = SourceFacts::Kind;

class SourceLookupTest : public ::testing::Test {
 protected:
  static HostView host() {
    HostView view = this_host();
    view.source = [](const std::string& path) {
      SourceFacts facts;
      facts.kind = path.starts_with("/home/") ? Kind::unknown : Kind::directory;
      return facts;
    };
    return view;
  }
  Result<void> look(const HostResource& resource, LauncherClient::LookHandler handler) {
    if (deaf_) return Error(Code::unavailable, "the launcher is gone");
    asked_.emplace_back(resource.source, std::move(handler));
    return ok();
  }
  /// A group whose one function has these volumes.
  static Group group(const std::vector<std::string>& sources, Isolation isolation = Isolation::container) {
    FunctionConfig function;
    function.isolation = isolation;
    for (const std::string& source : sources) {
      function.resources.push_back({{source, source, ResourceKind::volume, source, "/data", {}}, Access::read_only});
    }
    Group out;
    out.functions = {function, function};
    return out;
  }
  void find(const Group& group, std::chrono::milliseconds timeout = std::chrono::hours(1)) {
    found_.reset();
    lookup_.find(
        group, [this](HiddenSources hidden) { found_ = std::move(hidden); }, timeout);
  }
  void answer(std::size_t index, const Result<SourceStatus>& status) { asked_.at(index).second(status); }

  asio::io_context io_;
  bool deaf_ = false;
  std::vector<std::pair<std::string, LauncherClient::LookHandler>> asked_;
  SourceLookup lookup_{io_, host(), [this](const HostResource& resource, LauncherClient::LookHandler handler) {
                         return look(resource, std::move(handler));
                       }};
  std::optional<HiddenSources> found_;
};

TEST_F(SourceLookupTest, AsksOnceAboutEachThatTheCoreDoesNotSee) {
  find(group({"/srv/data", "/home/a/x", "/home/a/y"}));
  ASSERT_EQ(asked_.size(), 2U);
  EXPECT_FALSE(found_);
  answer(0, SourceStatus{7, 8, S_IFDIR | 0750});
  EXPECT_FALSE(found_);
  answer(1, Error(Code::not_found, "resource /home/a/y: No such file or directory"));
  ASSERT_TRUE(found_);
  const SourceFacts& first = found_->at("/home/a/x");
  EXPECT_EQ(first.kind, Kind::directory);
  EXPECT_EQ(first.owner, 7U);
  EXPECT_EQ(first.group, 8U);
  EXPECT_EQ(first.mode, 0750U);
  EXPECT_EQ(found_->at("/home/a/y").kind, Kind::absent);
}

TEST_F(SourceLookupTest, AnswersAtOnceWhenTheCoreSeesAll) {
  find(group({"/srv/data"}));
  EXPECT_THAT(found_.value(), IsEmpty());
  find(group({"/home/a"}, Isolation::none));
  EXPECT_THAT(found_.value(), IsEmpty());
}

TEST_F(SourceLookupTest, RefusalsKeepTheirWords) {
  find(group({"/home/a"}));
  answer(0, Error(Code::permission_denied, "resource /home/a: it is or passes through a symbolic link"));
  EXPECT_EQ(found_.value().at("/home/a").kind, Kind::refused);
  EXPECT_THAT(found_->at("/home/a").why, HasSubstr("symbolic link"));
  deaf_ = true;
  find(group({"/home/a"}));
  EXPECT_EQ(found_.value().at("/home/a").why, "the launcher is gone");
}

TEST_F(SourceLookupTest, SilenceIsARefusal) {
  find(group({"/home/a", "/home/b"}), std::chrono::milliseconds(1));
  answer(0, SourceStatus{0, 0, S_IFREG | 0644});
  ASSERT_TRUE(run_until(io_, [&] { return found_.has_value(); }));
  EXPECT_EQ(found_->at("/home/a").kind, Kind::file);
  EXPECT_EQ(found_->at("/home/b").kind, Kind::refused);
  answer(1, SourceStatus{0, 0, S_IFREG | 0644});  // too late
  EXPECT_EQ(found_->at("/home/b").kind, Kind::refused);
}

TEST_F(SourceLookupTest, ACancelledSearchSaysNothing) {
  find(group({"/home/a"}));
  lookup_.cancel();
  answer(0, SourceStatus{0, 0, S_IFREG | 0644});
  EXPECT_FALSE(found_);
}

}  // namespace
}  // namespace fescue
