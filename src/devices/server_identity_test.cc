// The files of a core's server for devices: made once, renewed in time, whole whatever happens while they are written.
#include "devices/server_identity.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/tls/x509.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

using std::chrono::hours;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const WallTime kNow = WallClock::from_time_t(1'795'000'000);  // in November 2026
const WallTime kLongAgo = WallClock::from_time_t(0);

TEST(ServerNames, TheLocalNetworkComesFirstAndBridgesLast) {
  const ServerNames names = server_names("gateway", {{"lo", "127.0.0.1"},
                                                     {"docker0", "172.17.0.1"},
                                                     {"eth0", "192.168.1.4"},
                                                     {"lo", "::1"},
                                                     {"eth0", "fe80::1"},
                                                     {"eth0", "fd00::4"},
                                                     {"usb0", "169.254.7.1"},
                                                     {"br-1f", "172.18.0.1"},
                                                     {"wlan0", "192.168.1.4"}});
  EXPECT_THAT(names.dns, ElementsAre("gateway", "localhost"));
  EXPECT_THAT(names.addresses,
              ElementsAre("192.168.1.4", "fd00::4", "127.0.0.1", "::1", "169.254.7.1", "172.17.0.1", "172.18.0.1"));
}

TEST(ServerNames, AMachineWithoutNameAndNetworkIsReachedByLoopback) {
  for (const char* name : {"", "localhost", "a b", "x,DNS:evil"}) {
    EXPECT_THAT(server_names(name, {}).dns, ElementsAre("localhost")) << name;
  }
  EXPECT_THAT(server_names("", {}).addresses, ElementsAre("127.0.0.1", "::1"));
  std::vector<InterfaceAddress> many;
  for (int i = 0; i < 200; ++i) many.push_back({"eth0", "10.0.0." + std::to_string(i)});
  EXPECT_EQ(server_names("", many).addresses.size(), kMaxServerAddresses);
}

struct ServerIdentityTest : testing::Test {
  Result<ServerIdentity> load(WallTime now = kNow, const ServerNames& names = {{"localhost"}, {"127.0.0.1"}}) {
    return load_or_renew_identity(files, directory(), ThingName("core-1"), names, now);
  }
  std::string directory() const { return temp.path() + "/state/server"; }
  std::string read(const std::string& name) { return real_file_system().read(directory() + "/" + name, 65536).value(); }
  mode_t mode_of(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::stat((directory() + "/" + name).c_str(), &status), 0) << name;
    return status.st_mode & 0777;
  }
  /// Whether a device that trusts ca.crt would accept it.
  void expect_good(const ServerIdentity& identity) {
    EXPECT_TRUE(make_tls_server_for_any_certificate(identity.tls));
    EXPECT_TRUE(identity.tls.certificate_chain_pem.ends_with(read("ca.crt")));
    const auto signer = inspect_certificate(read("ca.crt"));
    EXPECT_LE(signer->not_before, identity.not_before);
    EXPECT_GE(signer->not_after, identity.not_after);
  }

  TempDirectory temp;
  FaultyFileSystem files{real_file_system()};
};

TEST_F(ServerIdentityTest, IsMadeOnceWithTheRightModes) {
  const auto made = load();
  ASSERT_TRUE(made) << made.error().message();
  expect_good(*made);
  EXPECT_THAT(made->names.dns, ElementsAre("localhost"));
  EXPECT_THAT(made->names.addresses, ElementsAre("127.0.0.1"));
  EXPECT_EQ(made->not_after - kNow, kServerCertificateLife);
  EXPECT_EQ(mode_of("ca.key"), 0600U);
  EXPECT_EQ(mode_of("server.pem"), 0600U);
  EXPECT_EQ(mode_of("ca.crt"), 0644U);
  EXPECT_EQ(mode_of("server.crt"), 0644U);
  EXPECT_EQ(read("server.crt"), made->tls.certificate_chain_pem);
  EXPECT_EQ(load()->tls.certificate_chain_pem, made->tls.certificate_chain_pem);
}

TEST_F(ServerIdentityTest, OnAFullDiskTheOldOneServesAsLongAsItIsValid) {
  const auto made = load();
  files.set_free_bytes(0);
  const auto kept = load(kNow + hours(24 * 29));
  ASSERT_TRUE(kept) << kept.error().message();
  EXPECT_EQ(kept->tls.certificate_chain_pem, made->tls.certificate_chain_pem);
  EXPECT_THAT(kept->not_renewed, HasSubstr("server.pem"));
  EXPECT_FALSE(load(kNow + hours(24 * 31)));
  files.heal();
  EXPECT_EQ(load(kNow + hours(24 * 31))->not_renewed, "");
}

TEST_F(ServerIdentityTest, IsRenewedWhenAThirdOfItsLifeIsLeftByTheSameAuthority) {
  const auto made = load();
  const std::string ca = read("ca.crt");
  EXPECT_FALSE(is_due(*made, made->names, kNow + hours(24 * 20) - hours(1)));
  EXPECT_TRUE(is_due(*made, made->names, kNow + hours(24 * 20)));
  const auto renewed = load(kNow + hours(24 * 20));
  ASSERT_TRUE(renewed);
  EXPECT_NE(renewed->tls.certificate_chain_pem, made->tls.certificate_chain_pem);
  EXPECT_EQ(read("ca.crt"), ca);
  expect_good(*renewed);
}

TEST_F(ServerIdentityTest, IsRenewedForANewNameAndNotForOneThatWent) {
  const auto made = load();
  const ServerNames more{{"localhost"}, {"192.168.1.4", "127.0.0.1"}};
  EXPECT_TRUE(is_due(*made, more, kNow));
  const auto renewed = load(kNow, more);
  EXPECT_THAT(renewed->names.addresses, ElementsAre("192.168.1.4", "127.0.0.1"));
  EXPECT_FALSE(is_due(*renewed, made->names, kNow));
  EXPECT_TRUE(is_due(*renewed, {{"gateway"}, {}}, kNow));
}

TEST_F(ServerIdentityTest, AClockThatIsWrongLocksNobodyOut) {
  const auto early = load(kLongAgo);
  ASSERT_TRUE(early);
  EXPECT_LE(inspect_certificate(read("ca.crt"))->not_before, WallClock::from_time_t(1'767'225'600));
  EXPECT_FALSE(is_due(*early, early->names, kLongAgo)) << "no renewal at every look";
  EXPECT_TRUE(is_due(*early, early->names, kNow)) << "the clock has been set";
  const auto late = load(kNow + hours(24 * 3650));
  ASSERT_TRUE(late);
  expect_good(*late);
  EXPECT_TRUE(is_due(*late, late->names, kNow)) << "it was ahead and has been set back";
  expect_good(*load(kNow));
}

TEST_F(ServerIdentityTest, WhateverIsDamagedIsMadeAgainButTheAuthority) {
  const auto made = load();
  const std::string ca = read("ca.crt"), other = generate_ec_key().private_pem;
  const std::pair<const char*, std::string> damages[] = {{"server.pem", ""},
                                                         {"server.pem", "rubbish"},
                                                         {"server.pem", read("server.crt") + other},
                                                         {"server.crt", "rubbish"}};
  for (const auto& [name, content] : damages) {
    ASSERT_TRUE(real_file_system().write_atomically(directory() + "/" + name, content, 0600));
    const auto again = load();
    ASSERT_TRUE(again) << again.error().message();
    expect_good(*again);
    EXPECT_EQ(read("ca.crt"), ca);
    EXPECT_EQ(read("server.crt"), again->tls.certificate_chain_pem);
  }
  ASSERT_TRUE(real_file_system().write_atomically(directory() + "/ca.key", other, 0600));
  EXPECT_TRUE(load()) << "nothing is to be signed";
  EXPECT_THAT(load(kNow + hours(24 * 29))->not_renewed, HasSubstr("does not fit its certificate"));
  ASSERT_TRUE(real_file_system().remove_tree(directory() + "/ca.key"));
  EXPECT_THAT(load().error().message(), HasSubstr("which devices trust, cannot be read"));
  ASSERT_TRUE(real_file_system().write_atomically(directory() + "/ca.crt", "rubbish", 0644));
  EXPECT_THAT(load().error().message(), HasSubstr("ca.crt: "));
}

TEST_F(ServerIdentityTest, AFailureOrAPowerCutAtAnyWriteLeavesWhatTheNextStartCanUse) {
  ASSERT_TRUE(load());
  const int first = files.changes();
  ASSERT_TRUE(load(kNow + hours(24 * 29)));
  const int in_all = files.changes();
  ASSERT_GT(in_all, first);
  for (int at = 1; at <= in_all; ++at) {
    for (const bool cut : {false, true}) {
      ASSERT_TRUE(real_file_system().remove_tree(directory()));
      files.heal();
      cut ? files.power_cut_at(at) : files.fail_after(at);
      if (at > first) {
        EXPECT_TRUE(load()) << at;
      }
      const auto failed = load(at > first ? kNow + hours(24 * 29) : kNow);
      EXPECT_TRUE(!failed || !failed->not_renewed.empty()) << at;
      files.heal();
      const auto next = load(kNow + hours(24 * 29));
      ASSERT_TRUE(next) << at << ": " << next.error().message();
      expect_good(*next);
      EXPECT_EQ(next->not_renewed, "");
    }
  }
}

}  // namespace
}  // namespace fescue
