// Messages and descriptors over a real socket pair, its bounds and its end.
#include "sandbox/protocol/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

namespace fescue {
namespace {

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

Fd null() { return Fd(::open("/dev/null", O_RDWR | O_CLOEXEC)); }

class Channel : public ::testing::Test {
 protected:
  void SetUp() override {
    auto pair = make_channel();
    ASSERT_TRUE(pair) << pair.error().message();
    ends_ = std::move(*pair);
  }
  int sender() const { return ends_.second.get(); }
  Result<std::optional<Incoming>> read() { return reader_.read(ends_.first.get()); }

  ChannelPair ends_;
  MessageReader reader_;
};

TEST_F(Channel, CarriesMessagesWhole) {
  ASSERT_TRUE(send_message(sender(), "one"));
  ASSERT_TRUE(send_message(sender(), std::string(kMaxMessage, 'x')));
  EXPECT_EQ((*read())->bytes, "one");
  EXPECT_EQ((*read())->bytes, std::string(kMaxMessage, 'x'));
  EXPECT_FALSE(*read());
}

TEST_F(Channel, CarriesDescriptorsThatCloseOnExec) {
  const Fd file = null();
  const int numbers[] = {file.get(), file.get()};
  ASSERT_TRUE(send_message(sender(), "two", numbers));
  auto incoming = read();
  ASSERT_TRUE(incoming && *incoming);
  ASSERT_EQ((*incoming)->descriptors.size(), 2u);
  struct stat sent, got;
  ASSERT_EQ(::fstat(file.get(), &sent), 0);
  ASSERT_EQ(::fstat((*incoming)->descriptors[1].get(), &got), 0);
  EXPECT_EQ(sent.st_rdev, got.st_rdev);
  EXPECT_NE(::fcntl((*incoming)->descriptors[0].get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(Channel, AMessageThatIsTooLongIsRefusedAlone) {
  ASSERT_TRUE(send_message(sender(), std::string(kMaxMessage + 1, 'x')));
  ASSERT_TRUE(send_message(sender(), "next"));
  EXPECT_EQ(read().error().code(), Code::too_large);
  EXPECT_EQ((*read())->bytes, "next");
}

TEST_F(Channel, TooManyDescriptorsAreRefusedAndClosed) {
  const Fd file = null();
  const std::size_t before = open_descriptors();
  for (int round = 0; round < 20; ++round) {
    std::vector<int> numbers(100, file.get());
    std::vector<char> control(CMSG_SPACE(numbers.size() * sizeof(int)));
    char byte = 'x';
    iovec part{&byte, 1};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(numbers.size() * sizeof(int));
    std::copy(numbers.begin(), numbers.end(), reinterpret_cast<int*>(CMSG_DATA(rights)));
    ASSERT_EQ(::sendmsg(sender(), &header, 0), 1);
    EXPECT_EQ(read().error().code(), Code::too_large);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Channel, AnEmptyMessageIsNotTheEnd) {
  ASSERT_TRUE(send_message(sender(), ""));
  const auto incoming = read();
  ASSERT_TRUE(incoming && *incoming);
  EXPECT_EQ((*incoming)->bytes, "");
}

TEST_F(Channel, TheEndIsSaidOnBothSides) {
  ends_.second.reset();
  EXPECT_EQ(read().error().code(), Code::unavailable);
  EXPECT_EQ(send_message(ends_.first.get(), "x").error().code(), Code::unavailable);
}

TEST_F(Channel, AFullChannelSaysSo) {
  const std::string message(50'000, 'x');
  auto sent = send_message(ends_.first.get(), message);
  for (int i = 0; i < 1000 && sent && *sent == Sending::sent; ++i) sent = send_message(ends_.first.get(), message);
  ASSERT_TRUE(sent);
  EXPECT_EQ(*sent, Sending::would_block);
}

TEST(Attach, PutsDescriptorsInTheirPlaces) {
  WorkerSpec spec;
  spec.connection_place = ConnectionPlace::own;
  std::vector<Fd> descriptors;
  std::vector<int> numbers;
  for (std::size_t i = 0; i < kStartDescriptors; ++i) {
    descriptors.push_back(null());
    numbers.push_back(descriptors.back().get());
  }
  ASSERT_TRUE(attach(spec, std::move(descriptors)));
  EXPECT_EQ(descriptors_of(spec), numbers);
}

TEST(Attach, TheLargestStartFitsIntoAMessage) {
  WorkerSpec spec;
  spec.connection_place = ConnectionPlace::own;
  spec.container.emplace().resources.resize(kMaxResources);
  EXPECT_EQ(descriptors_of(spec, Hop::to_monitor).size(), kMaxDescriptors);
}

TEST(Attach, WantsExactlySeven) {
  WorkerSpec spec;
  std::vector<Fd> six(6), eight(8);
  EXPECT_EQ(attach(spec, std::move(six)).error().message(), "start needs 7 descriptors, got 6");
  EXPECT_EQ(attach(spec, std::move(eight)).error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace fescue
