// Zips of real tools, and zips that an attacker would make.
#include "sys/storage/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/storage/file.h"
#include "tests/fakes/temp_directory.h"
#include "tests/fakes/zip_builder.h"

namespace fescue {
namespace {

using testing::HasSubstr;

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() { std::filesystem::create_directory(out_); }

  std::string content(const std::string& name) { return *real_file_system().read(out_ + "/" + name, 1 << 20); }
  mode_t mode_of(const std::string& name) {
    struct stat found = {};
    ::stat((out_ + "/" + name).c_str(), &found);
    return found.st_mode & 07777;
  }
  /// Both readers must agree that it is wrong; gives the message.
  std::string refusal(const std::string& zip, const ArchiveLimits& limits = {}, Code code = Code::invalid_argument) {
    const auto inspected = inspect_zip(zip, limits);
    const auto unpacked = unpack_zip(zip, out_, limits);
    if (inspected || unpacked) return "accepted";
    EXPECT_EQ(inspected.error(), unpacked.error());
    EXPECT_EQ(inspected.error().code(), code);
    return inspected.error().message();
  }

  const TempDirectory own_;
  const std::string root_ = own_.path(), out_ = own_.path("out");
};

struct Packed {
  std::string name, content;
  unsigned mode = 0644;
};

/// A zip as a real tool makes it: deflated, with libarchive's options ("zip64", "encryption=traditional", ...).
std::string pack(const std::vector<Packed>& files, const char* option = nullptr, const char* value = "1") {
  std::string zip(8 << 20, '\0');
  std::size_t used = 0;
  std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  archive_write_set_format_zip(writer.get());
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  if (option != nullptr) {
    EXPECT_EQ(archive_write_set_format_option(writer.get(), "zip", option, value), ARCHIVE_OK);
    archive_write_set_passphrase(writer.get(), "secret");
  }
  archive_write_open_memory(writer.get(), zip.data(), zip.size(), &used);
  for (const Packed& file : files) {
    std::unique_ptr<archive_entry, void (*)(archive_entry*)> header(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(header.get(), file.name.c_str());
    archive_entry_set_filetype(header.get(), AE_IFREG);
    archive_entry_set_perm(header.get(), static_cast<__mode_t>(file.mode));
    archive_entry_set_size(header.get(), static_cast<la_int64_t>(file.content.size()));
    EXPECT_EQ(archive_write_header(writer.get(), header.get()), ARCHIVE_OK);
    archive_write_data(writer.get(), file.content.data(), file.content.size());
  }
  archive_write_close(writer.get());
  zip.resize(used);
  return zip;
}

TEST_F(ArchiveTest, UnpacksWhatARealToolPacked) {
  const std::string zip = pack({{"app.py", "def handler(): pass\n"}, {"bin/run", std::string(300000, 'x'), 0755}});
  const auto entries = inspect_zip(zip);
  ASSERT_TRUE(entries) << entries.error().message();
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ(entries->at(1).name, "bin/run");
  EXPECT_EQ(entries->at(1).size, 300000u);
  EXPECT_EQ(entries->at(1).mode, 0755u);
  EXPECT_LT(zip.size(), 10000u);

  const auto unpacked = unpack_zip(zip, out_);
  ASSERT_TRUE(unpacked) << unpacked.error().message();
  EXPECT_EQ(content("app.py"), "def handler(): pass\n");
  EXPECT_EQ(content("bin/run"), std::string(300000, 'x'));
  EXPECT_EQ(mode_of("app.py"), 0644u);
  EXPECT_EQ(mode_of("bin/run"), 0755u);
  EXPECT_EQ(mode_of("bin"), 0755u);
}

TEST_F(ArchiveTest, UnpacksPythonsZips) {
  if (::access("/usr/bin/python3", X_OK) != 0) GTEST_SKIP() << "needs /usr/bin/python3";
  const std::string script =
      "import zipfile,sys;z=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED);z.writestr('a/','');"
      "z.writestr('a/\\u00e4.txt','umlaut');z.writestr('plain','p');"
      "i=zipfile.ZipInfo('exe');i.external_attr=0o100755<<16;z.writestr(i,'#!');z.close()";
  const std::string path = root_ + "/made.zip";
  ASSERT_EQ(std::system(("/usr/bin/python3 -c \"" + script + "\" " + path).c_str()), 0);
  const auto unpacked = unpack_zip(*real_file_system().read(path, 1 << 20), out_);
  ASSERT_TRUE(unpacked) << unpacked.error().message();
  EXPECT_EQ(content("a/\u00e4.txt"), "umlaut");
  EXPECT_EQ(mode_of("plain"), 0644u);
  EXPECT_EQ(mode_of("exe"), 0755u);
}

TEST_F(ArchiveTest, ModesAreNormalised) {
  ASSERT_TRUE(unpack_zip(make_zip({{"private", "x", S_IFREG | 0600},
                                   {"set-uid", "x", S_IFREG | 06711},
                                   {"none", "x", 0},
                                   {"dir/", "", S_IFDIR | 0700}}),
                         out_));
  EXPECT_EQ(mode_of("private"), 0644u);
  EXPECT_EQ(mode_of("set-uid"), 0755u);
  EXPECT_EQ(mode_of("none"), 0644u);
  EXPECT_EQ(mode_of("dir"), 0755u);
}

TEST_F(ArchiveTest, NamesAreNormalised) {
  const auto entries = inspect_zip(
      make_zip({{"./", "", S_IFDIR | 0755}, {"./a//b", "1"}, {"d/", "", S_IFDIR | 0755}, {"d/", "", S_IFDIR | 0755}}));
  ASSERT_TRUE(entries) << entries.error().message();
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ(entries->at(0).name, "a/b");
  EXPECT_EQ(entries->at(1).name, "d");
  EXPECT_TRUE(entries->at(1).is_directory);
}

TEST_F(ArchiveTest, AnEmptyZipHasNoEntries) {
  const auto entries = inspect_zip(ZipBuilder().build());
  ASSERT_TRUE(entries) << entries.error().message();
  EXPECT_TRUE(entries->empty());
  EXPECT_TRUE(unpack_zip(ZipBuilder().build(), out_));
}

TEST_F(ArchiveTest, RefusesNamesThatLeaveTheDirectory) {
  for (const char* name : {"../evil", "a/../../evil", "a/..", "..", "/etc/passwd", "//x"}) {
    EXPECT_THAT(refusal(make_zip({{name, "x"}})), HasSubstr(name));
  }
  EXPECT_FALSE(std::filesystem::exists(root_ + "/evil"));
}

TEST_F(ArchiveTest, RefusesBadNames) {
  EXPECT_THAT(refusal(make_zip({{"", "x"}})), HasSubstr("empty"));
  EXPECT_THAT(refusal(make_zip({{".", "x"}})), HasSubstr("not a file name"));
  EXPECT_THAT(refusal(make_zip({{std::string(256, 'n'), "x"}})), HasSubstr("255"));
  EXPECT_THAT(refusal(make_zip({{std::string(600, '/') + "x", "x"}})), HasSubstr("absolute"));
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "d/";
  EXPECT_THAT(refusal(make_zip({{deep + "x", "x"}})), HasSubstr("too long"));
  EXPECT_THAT(refusal(make_zip({{"bad\xff", "x", S_IFREG | 0644, 0}})), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal(make_zip({{"bad\xff", "x"}})), HasSubstr("UTF-8"));
}

constexpr std::uint32_t kLink = S_IFLNK | 0777;

TEST_F(ArchiveTest, KeepsLinksThatStayInside) {
  // The links come first, and are made last.
  const std::string zip = make_zip({{"bin/tool", "../lib/tool.js", kLink},
                                    {"current", "lib", kLink},
                                    {"later", "not/there", kLink},
                                    {"lib/tool.js", "code"}});
  const auto entries = inspect_zip(zip);
  ASSERT_TRUE(entries) << entries.error().message();
  ASSERT_EQ(entries->size(), 4u);
  EXPECT_EQ(entries->at(0).link, "../lib/tool.js");
  EXPECT_EQ(entries->at(3).link, "");
  const auto unpacked = unpack_zip(zip, out_);
  ASSERT_TRUE(unpacked) << unpacked.error().message();
  EXPECT_EQ(std::filesystem::read_symlink(out_ + "/bin/tool"), "../lib/tool.js");
  EXPECT_EQ(content("bin/tool"), "code");
  EXPECT_EQ(content("current/tool.js"), "code");
  EXPECT_TRUE(std::filesystem::is_symlink(out_ + "/later"));
}

TEST_F(ArchiveTest, KeepsLinksOfRealTools) {
  if (::access("/usr/bin/zip", X_OK) != 0) GTEST_SKIP() << "needs /usr/bin/zip";
  const std::string make = "cd " + root_ +
                           " && mkdir -p in/lib && echo code > in/lib/a.js && ln -s lib/a.js in/a && "
                           "ln -s . in/lib/self && cd in && /usr/bin/zip -qry ../made.zip .";
  ASSERT_EQ(std::system(make.c_str()), 0);
  const auto unpacked = unpack_zip(*real_file_system().read(root_ + "/made.zip", 1 << 20), out_);
  ASSERT_TRUE(unpacked) << unpacked.error().message();
  EXPECT_EQ(content("a"), "code\n");
  EXPECT_EQ(content("lib/self/a.js"), "code\n");
}

TEST_F(ArchiveTest, RefusesLinksThatLeadOut) {
  for (const char* target : {"/etc/passwd", "..", "../x", "a/../../x", "a/b/c/../../../../x"}) {
    EXPECT_THAT(refusal(make_zip({{"link", target, kLink}})), HasSubstr("zip entry \"link\": symbolic link to"))
        << target;
  }
  EXPECT_THAT(refusal(make_zip({{"d/e/up", "../..", kLink}, {"way", "d/e/up/../x", kLink}})), HasSubstr("\"way\""));
  EXPECT_THAT(refusal(make_zip({{"link", "", kLink}})), HasSubstr("\"link\""));
  EXPECT_THAT(refusal(make_zip({{"link", std::string(2000, 'x'), kLink}})), HasSubstr("too long"));
  EXPECT_THAT(refusal(make_zip({{"link", "bad\xff", kLink, 0}})), HasSubstr("\"link\""));
}

TEST_F(ArchiveTest, NothingIsWrittenThroughALink) {
  std::filesystem::create_directory(root_ + "/elsewhere");
  EXPECT_THAT(refusal(make_zip({{"d", "e", kLink}, {"d/x", "1"}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"f/x", "1"}, {"f", "g", kLink}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"h", "g", kLink}, {"h", "1"}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"i", "g", kLink}, {"i/", "", S_IFDIR | 0755}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"j", "g", kLink}, {"j/k", "../x", kLink}})), HasSubstr("another entry"));
}

TEST_F(ArchiveTest, RefusesDevices) {
  for (const std::uint32_t type : {S_IFBLK, S_IFCHR, S_IFSOCK}) {
    EXPECT_THAT(refusal(make_zip({{"node", "", type | 0666}})), HasSubstr("neither a file, a directory nor"));
  }
}

TEST_F(ArchiveTest, RefusesTwoEntriesOfOneName) {
  const std::uint32_t directory = S_IFDIR | 0755;
  EXPECT_THAT(refusal(make_zip({{"a", "1"}, {"a", "2"}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"b", "1"}, {"b/", "", directory}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"c/", "", directory}, {"c", "1"}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"d/x", "1"}, {"d", "1"}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"e", "1"}, {"e/x", "1"}})), HasSubstr("another entry"));
  EXPECT_THAT(refusal(make_zip({{"f", "1"}, {"./f", "2"}})), HasSubstr("another entry"));
}

TEST_F(ArchiveTest, CountsBytesWhileInflating) {
  const std::string bomb = pack({{"a", std::string(4 << 20, '\0')}, {"b", std::string(4 << 20, '\0')}});
  ASSERT_LT(bomb.size(), 20000u);
  ArchiveLimits limits;
  limits.unpacked_bytes = 6 << 20;
  EXPECT_THAT(refusal(bomb, limits, Code::too_large), HasSubstr("\"b\""));
  limits.unpacked_bytes = 8 << 20;
  EXPECT_TRUE(inspect_zip(bomb, limits));
}

TEST_F(ArchiveTest, DoesNotBelieveClaimedSizes) {
  std::string lying = pack({{"a", std::string(100000, 'x')}});
  ASSERT_TRUE(inspect_zip(lying));
  // The uncompressed size in the central directory, then in the data descriptor or local header too.
  const std::string size("\xa0\x86\x01\x00", 4);
  ASSERT_NE(lying.find(size), std::string::npos);
  for (std::size_t at = lying.find(size); at != std::string::npos; at = lying.find(size)) {
    lying.replace(at, 4, std::string("\x05\x00\x00\x00", 4));
  }
  EXPECT_THAT(refusal(lying), HasSubstr("damaged"));
  EXPECT_NE(refusal(make_zip({{"small", "12345", S_IFREG | 0644, 0x0800, 0, 0xfffffff0}})), "accepted");
}

TEST_F(ArchiveTest, BoundsTheNumberOfEntriesWithTheDirectoriesTheyImply) {
  ArchiveLimits limits;
  limits.entries = 3;
  EXPECT_TRUE(inspect_zip(make_zip({{"a/b/c", ""}}), limits));
  EXPECT_THAT(refusal(make_zip({{"a/b/c", ""}, {"d", ""}}), limits, Code::too_large), HasSubstr("more than 3"));
}

TEST_F(ArchiveTest, RefusesWhatIsDamaged) {
  EXPECT_THAT(refusal(""), HasSubstr("not a zip"));
  EXPECT_THAT(refusal("this is text"), HasSubstr("not a zip"));
  EXPECT_THAT(refusal(make_zip({{"a", "x", S_IFREG | 0644, 0x0800, 0, {}, 12345}})), HasSubstr("damaged"));
  const std::string whole = pack({{"a", "some content"}, {"b", "other content"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::filesystem::remove_all(out_);
    std::filesystem::create_directory(out_);
    EXPECT_NE(refusal(whole.substr(0, size)), "accepted") << size << " of " << whole.size();
  }
}

TEST_F(ArchiveTest, RefusesEncryptedAndExoticEntries) {
  EXPECT_THAT(refusal(pack({{"a", "secret text"}}, "encryption", "traditional")), HasSubstr("encrypted"));
  EXPECT_THAT(refusal(make_zip({{"a", "x", S_IFREG | 0644, 0x0801}})), HasSubstr("encrypted"));
  EXPECT_THAT(refusal(make_zip({{"a", "x", S_IFREG | 0644, 0x0800, 14}})), HasSubstr("neither stored nor deflated"));
}

TEST_F(ArchiveTest, ReadsZip64) {
  const std::string zip = pack({{"a", "large in principle"}}, "zip64");
  ASSERT_TRUE(unpack_zip(zip, out_));
  EXPECT_EQ(content("a"), "large in principle");
}

TEST_F(ArchiveTest, DoesNotFollowLinksThatAppearInTheTarget) {
  std::filesystem::create_directory(root_ + "/outside");
  std::filesystem::create_directory_symlink(root_ + "/outside", out_ + "/d");
  std::filesystem::create_symlink(root_ + "/outside/file", out_ + "/f");
  EXPECT_FALSE(unpack_zip(make_zip({{"d/x", "1"}}), out_));
  EXPECT_FALSE(unpack_zip(make_zip({{"f", "1"}}), out_));
  EXPECT_TRUE(std::filesystem::is_empty(root_ + "/outside"));
  EXPECT_FALSE(unpack_zip(make_zip({{"x", "1"}}), out_ + "/d"));
}

TEST_F(ArchiveTest, NeedsTheDirectory) {
  EXPECT_EQ(unpack_zip(make_zip({{"x", "1"}}), root_ + "/none").error().code(), Code::not_found);
}

}  // namespace
}  // namespace fescue
