// What a deployment leaves on a real disk, and on one that fails at any step.
#include "deploy/staging.h"

#include <sys/stat.h>

#include <map>

#include <gtest/gtest.h>

#include "deploy/deploy_test_support.h"
#include "deploy/signing_test_support.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/zip_builder.h"

namespace fescue {
namespace {

/// A package of one file, "f".
std::string make_package(const std::string& content) { return make_zip({{.name = "f", .content = content}}); }

GroupTrust trust() { return {test_core(), signer().ca()}; }

class StagingTest : public testing::Test {
 protected:
  StagingTest() { EXPECT_TRUE(staging_.prepare()); }

  std::string zip_file(const std::string& package) {
    const std::string path = directory_.path("package.zip");
    write_text(path, package);
    return path;
  }
  /// Unpacks and commits a group of one function with this content.
  DeploymentDocument deploy(const std::string& id, std::string_view version, const std::string& content) {
    const std::string package = make_package(content);
    const DeploymentDocument document = make_document(id, {make_function("Echo", version, package)});
    EXPECT_TRUE(staging_.unpack(document.group.functions[0], zip_file(package)));
    EXPECT_TRUE(staging_.commit(signer().sign(document)));
    return document;
  }

  TempDirectory directory_;
  FaultyFileSystem files_{real_file_system()};
  std::string root_ = directory_.path("deployment");
  Staging staging_{files_, root_, trust()};
};

/// What a core that starts would run: the content of its one function, or "nothing", or what is wrong.
std::string what_runs(const std::string& root) {
  Staging staging(real_file_system(), root, trust());
  const auto document = staging.load();
  if (!document) return "unreadable: " + document.error().message();
  if (!*document) return "nothing";
  const FunctionConfig& function = (*document)->group.functions.at(0);
  return (*document)->deployment.str() + " " + read_text(staging.code_path(function) + "/f");
}

TEST_F(StagingTest, NothingIsDeployedAtFirst) {
  EXPECT_EQ(what_runs(root_), "nothing");
  write_text(root_ + "/group/group.json", " {}\n");
  EXPECT_EQ(what_runs(root_), "nothing");
}

TEST_F(StagingTest, ADeployedGroupIsFoundAgain) {
  const DeploymentDocument document = deploy("d1", "1", "one");
  EXPECT_EQ(what_runs(root_), "d1 one");
  EXPECT_EQ(staging_.load().value()->group, document.group);
  EXPECT_EQ(names_in(root_ + "/lambda"),
            std::set<std::string>{"arn:aws:lambda:us-west-2:123456789012:function:Echo:1"});
  struct stat status;
  ASSERT_EQ(::stat((root_ + "/group/group.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(StagingTest, AnUnreadableGroupIsAnErrorThatNamesTheFile) {
  write_text(root_ + "/group/group.json", R"({"Version":"test group version"})");
  const auto loaded = staging_.load();
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message().find("group.json"), std::string::npos);
}

TEST_F(StagingTest, ANewVersionStandsBesideTheOld) {
  deploy("d1", "1", "one");
  const auto document = deploy("d2", "2", "two");
  EXPECT_EQ(names_in(root_ + "/lambda").size(), 2u);
  ASSERT_TRUE(staging_.clean(&document.group));
  EXPECT_EQ(names_in(root_ + "/lambda"),
            std::set<std::string>{"arn:aws:lambda:us-west-2:123456789012:function:Echo:2"});
}

TEST_F(StagingTest, AnotherPackageUnderTheSameVersionNeverTouchesTheRunningOne) {
  const std::string running = staging_.code_path(deploy("d1", "1", "one").group.functions[0]);
  const auto document = deploy("d2", "1", "two");
  EXPECT_EQ(read_text(running + "/f"), "one");
  EXPECT_EQ(what_runs(root_), "d2 two");
  ASSERT_TRUE(staging_.clean(&document.group));
  EXPECT_EQ(names_in(root_ + "/lambda").size(), 1u);
  EXPECT_EQ(what_runs(root_), "d2 two");
  deploy("d3", "1", "three");
  EXPECT_EQ(what_runs(root_), "d3 three");
}

TEST_F(StagingTest, ABadPackageLeavesNoTreeOfItsName) {
  const auto function = make_function("Echo", "1", "x");
  for (const std::string& package : {std::string("no zip"), std::string(), make_zip({{.name = "../out"}})}) {
    const auto unpacked = staging_.unpack(function, zip_file(package));
    EXPECT_FALSE(unpacked);
  }
  EXPECT_FALSE(files_.exists(staging_.code_path(function)));
  ASSERT_TRUE(staging_.clean(nullptr));
  EXPECT_TRUE(names_in(root_ + "/lambda").empty());
}

TEST_F(StagingTest, ExecutablesGetTheirExecuteBit) {
  const std::string package = make_package("binary");
  FunctionConfig function = make_function("Echo", "1", package);
  function.runtime = kExecutableRuntime;
  function.handler = "f";
  const std::string code = staging_.unpack(function, zip_file(package)).value();
  ASSERT_TRUE(staging_.make_executable(function, code));
  struct stat status;
  ASSERT_EQ(::stat((code + "/f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
}

TEST_F(StagingTest, AMissingOrOutsideHandlerIsAnError) {
  FunctionConfig function = make_function("Echo", "1", "x");
  function.runtime = kExecutableRuntime;
  for (const char* handler : {"missing", "", ".", "..", "a/b", "../f", "/etc/passwd"}) {
    function.handler = handler;
    EXPECT_FALSE(staging_.make_executable(function, root_)) << handler;
  }
  function.handler = "missing";
  EXPECT_EQ(staging_.make_executable(function, root_).error().message(),
            "chmod " + root_ + "/missing: No such file or directory");
}

TEST_F(StagingTest, CleaningKeepsEverythingWhenTheGroupIsNotOurs) {
  deploy("d1", "1", "one");
  std::filesystem::remove(root_ + "/group/group.json.backup");
  write_text(root_ + "/group/group.json", R"({"Version":"an old core's group"})");
  EXPECT_FALSE(staging_.clean(nullptr));
  EXPECT_EQ(names_in(root_ + "/lambda").size(), 1u);
}

TEST_F(StagingTest, CleaningRemovesHalfWrittenFilesAndSignaturesOfFormerGroups) {
  deploy("d0", "1", "none");
  const std::string document = to_json(deploy("d1", "1", "one"));
  const std::string signature = sha256_hex(document).substr(0, 16) + ".signature";
  write_text(root_ + "/group/group.json.x.tmp", "half");
  std::filesystem::create_directories(root_ + "/lambda/.unpacking-x/deep");
  ASSERT_TRUE(staging_.clean(nullptr));
  EXPECT_EQ(names_in(root_ + "/group"), (std::set<std::string>{"group.json", "group.json.backup", signature}));
  EXPECT_EQ(names_in(root_ + "/lambda").size(), 1u);
}

TEST_F(StagingTest, AClearedDirectoryDeploysNothing) {
  deploy("d1", "1", "one");
  ASSERT_TRUE(staging_.clear());
  EXPECT_EQ(what_runs(root_), "nothing");
  ASSERT_TRUE(staging_.clean(nullptr));
  EXPECT_TRUE(names_in(root_ + "/lambda").empty());
}

// ---- damage

const TestSigner& stranger() {
  static const TestSigner instance;  // of another CA
  return instance;
}

std::string signature_beside(const std::string& path, const std::string& document) {
  return std::filesystem::path(path).parent_path() / (sha256_hex(document).substr(0, 16) + ".signature");
}

/// Everything that a broken disk or a hand can leave in place of group.json.
const std::map<std::string, void (*)(const std::string& path)>& damages() {
  static const std::map<std::string, void (*)(const std::string&)> all{
      {"truncated", [](const std::string& path) { std::filesystem::resize_file(path, 100); }},
      {"empty", [](const std::string& path) { std::filesystem::resize_file(path, 0); }},
      {"lost", [](const std::string& path) { std::filesystem::remove(path); }},
      {"foreign", [](const std::string& path) { write_text(path, R"({"Version":"test group version"})"); }},
      {"edited",
       [](const std::string& path) {
         std::string text = read_text(path);
         text.replace(text.find("f.handler"), 9, "g.handler");
         write_text(path, text);
       }},
      {"signed by another",
       [](const std::string& path) {
         const std::string text = to_json(make_document("d9", {make_function("Echo", "1", "x")}));
         const SignedDocument forged = stranger().sign(text);
         write_text(path, text);
         write_text(signature_beside(path, text), base64_encode(forged.signature) + "\n" + forged.certificate_pem);
       }},
      {"a directory",
       [](const std::string& path) {
         std::filesystem::remove(path);
         std::filesystem::create_directories(path + "/inside");
       }},
      {"a pipe",
       [](const std::string& path) {
         std::filesystem::remove(path);
         EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
       }},
  };
  return all;
}

TEST_F(StagingTest, ADamagedGroupIsReplacedByItsCopyAndNamed) {
  for (const auto& [name, damage] : damages()) {
    std::filesystem::remove_all(root_);
    ASSERT_TRUE(staging_.prepare());
    deploy("d1", "1", "one");
    damage(root_ + "/group/group.json");
    EXPECT_EQ(what_runs(root_), "d1 one") << name;
    const std::string remark = staging_.mend();
    EXPECT_NE(remark.find("group.json: "), std::string::npos) << name << ": " << remark;
    EXPECT_NE(remark.find("the last good deployment, d1, runs instead"), std::string::npos) << remark;
    EXPECT_EQ(read_text(root_ + "/group/group.json"), read_text(root_ + "/group/group.json.backup")) << name;
    ASSERT_TRUE(staging_.clean(nullptr));
    EXPECT_EQ(names_in(root_ + "/lambda").size(), 1u);
    const bool is_kept = files_.exists(root_ + "/group/group.json.damaged");
    EXPECT_EQ(is_kept, name != "lost") << name;
    EXPECT_EQ(staging_.mend().empty(), !is_kept) << "an owner who comes later is told as well";
    deploy("d2", "2", "two");
    EXPECT_EQ(staging_.mend(), "") << name;
  }
}

TEST_F(StagingTest, WithoutACopyDamageIsAnErrorAndADeploymentMendsIt) {
  for (const auto& [name, damage] : damages()) {
    if (name == "lost") continue;
    std::filesystem::remove_all(root_);
    ASSERT_TRUE(staging_.prepare());
    deploy("d1", "1", "one");
    std::filesystem::remove(root_ + "/group/group.json.backup");
    damage(root_ + "/group/group.json");
    EXPECT_EQ(staging_.mend(), "");
    const auto loaded = staging_.load();
    ASSERT_FALSE(loaded) << name;
    EXPECT_NE(loaded.error().message().find("group.json"), std::string::npos) << loaded.error().message();
    EXPECT_FALSE(staging_.clean(nullptr));
    deploy("d2", "2", "two");
    EXPECT_EQ(what_runs(root_), "d2 two") << name;
  }
}

TEST_F(StagingTest, ADocumentRunsOnlyAsItWasSigned) {
  const DeploymentDocument document = deploy("d1", "1", "one");
  const std::string path = root_ + "/group/group.json";
  const std::string signature = signature_beside(path, to_json(document));
  std::filesystem::remove(path + ".backup");
  const std::string kept = read_text(signature);
  const auto refusal = [&] {
    const auto loaded = staging_.load();
    return loaded ? "it runs" : loaded.error().message();
  };
  std::filesystem::remove(signature);
  EXPECT_EQ(refusal(), path + ": is not as it was deployed: there is no signature for what is in it");
  for (const std::string& text : {std::string(), std::string("\n"), std::string("!\n"), kept.substr(0, 40)}) {
    write_text(signature, text);
    EXPECT_NE(refusal(), "it runs") << text;
  }
  write_text(signature, kept);
  EXPECT_EQ(refusal(), "it runs");
  EXPECT_FALSE(Staging(files_, root_, {test_core(), stranger().ca()}).load());
  const ThingArn other = ThingArn::parse("arn:aws:iot:us-west-2:123456789012:thing/other").value();
  EXPECT_FALSE(Staging(files_, root_, {other, signer().ca()}).load());
}

TEST_F(StagingTest, PackagesThatAreGoneAreNamed) {
  const DeploymentDocument document = deploy("d1", "1", "one");
  EXPECT_TRUE(staging_.without_package(document.group).empty());
  std::filesystem::remove_all(staging_.code_path(document.group.functions[0]));
  EXPECT_EQ(staging_.without_package(document.group), document.group.functions);
}

// ---- faults

/// One whole change of the deployed group, from the old one to `document`; stops at the first error as the agent does.
Result<void> change_group(Staging& staging, const DeploymentDocument& document, const std::string& zip) {
  FESCUE_CHECK(staging.prepare());
  const auto unpacked = staging.unpack(document.group.functions[0], zip);
  Result<void> done = unpacked ? staging.commit(signer().sign(document)) : Result<void>(unpacked.error());
  const auto cleaned = staging.clean(nullptr);
  return done ? cleaned : done;
}

struct Fault {
  const char* name;
  void (FaultyFileSystem::*set)(int change);
};
class StagingFaults : public StagingTest, public testing::WithParamInterface<std::tuple<Fault, const char*>> {};

TEST_P(StagingFaults, LeaveTheOldGroupOrTheNewAndNeverAMix) {
  const auto& [fault, new_version] = GetParam();
  const std::string package = make_package("two");
  const DeploymentDocument next = make_document("d2", {make_function("Echo", new_version, package)});
  bool old_seen = false, new_seen = false;
  for (int change = 1;; ++change) {
    std::filesystem::remove_all(root_);
    files_.heal();
    ASSERT_TRUE(staging_.prepare());
    deploy("d1", "1", "one");
    const std::string zip = zip_file(package);
    files_.heal();
    (files_.*fault.set)(change);
    const auto done = change_group(staging_, next, zip);
    const bool reached = files_.changes() >= change;
    files_.heal();

    const std::string found = what_runs(root_);
    EXPECT_TRUE(found == "d1 one" || found == "d2 two") << fault.name << " at change " << change << ": " << found;
    old_seen = old_seen || found == "d1 one";
    new_seen = new_seen || found == "d2 two";
    ASSERT_TRUE(staging_.prepare());
    ASSERT_TRUE(staging_.clean(nullptr)) << fault.name << " at change " << change;
    EXPECT_EQ(what_runs(root_), found) << "after the clean-up of the next start";
    EXPECT_EQ(names_in(root_ + "/lambda").size(), 1u);
    ASSERT_TRUE(change_group(staging_, next, zip)) << "the next deployment succeeds";
    EXPECT_EQ(what_runs(root_), "d2 two");
    if (!reached) {
      EXPECT_TRUE(done);
      break;
    }
  }
  EXPECT_TRUE(old_seen && new_seen);
}

INSTANTIATE_TEST_SUITE_P(
    All, StagingFaults,
    testing::Combine(testing::Values(Fault{"an error", &FaultyFileSystem::fail_at},
                                     Fault{"an error after the effect", &FaultyFileSystem::fail_after},
                                     Fault{"a power cut", &FaultyFileSystem::power_cut_at}),
                     testing::Values("2", "1")));  // a new version, and another package under the same one

TEST_F(StagingTest, AFullDiskFailsTheCommitAndKeepsTheFormerGroup) {
  deploy("d1", "1", "one");
  files_.set_free_bytes(0);
  const auto document = make_document("d2", {make_function("Echo", "2", "x")});
  const auto committed = staging_.commit(signer().sign(document));
  ASSERT_FALSE(committed);
  EXPECT_NE(committed.error().message().find("No space left"), std::string::npos);
  EXPECT_EQ(what_runs(root_), "d1 one");
}

}  // namespace
}  // namespace fescue
