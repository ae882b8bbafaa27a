// Reads and writes over sockets that are full, empty, gone or closed meanwhile.
#include "sys/net/stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sys/loop/deadline.h"
#include "sys/loop/task_group.h"

namespace fescue {
namespace {

struct StreamTest : testing::Test {
  StreamTest() : tasks(io) {
    unix_socket::socket first(io), second(io);
    asio::local::connect_pair(first, second);
    a = make_stream(std::move(first));
    b = make_stream(std::move(second));
  }

  asio::io_context io{1};
  TaskGroup tasks;
  StreamPtr a, b;
  std::string text;
  error_code error;
};

Task<void> read_once(StreamTest* test) {
  char bytes[64];
  const auto [error, got] = co_await test->b->read_some(asio::buffer(bytes));
  test->error = error;
  test->text.append(bytes, got);
}

Task<void> read_all(StreamTest* test) {
  while (!test->error) co_await read_once(test);
}

Task<void> write(StreamTest* test, std::string bytes) {
  const auto error = co_await test->a->write_all(asio::buffer(bytes));
  EXPECT_FALSE(error) << error.message();
  test->a->finish_writing();
}

TEST_F(StreamTest, CarriesMoreThanTheSocketTakesAtOnce) {
  const std::string big(3'000'000, 'x');
  tasks.spawn("reader", read_all(this));
  tasks.spawn("writer", write(this, big));
  io.run();
  EXPECT_EQ(text.size(), big.size());
  EXPECT_EQ(error, asio::error::eof);
}

TEST_F(StreamTest, WriteNowTakesWhatTheSocketTakesAndNeverWaits) {
  EXPECT_EQ(a->write_now(asio::buffer("hello", 5)), 5u);
  tasks.spawn("reader", read_once(this));
  io.run();
  EXPECT_EQ(text, "hello");
  const std::string big(8'000'000, 'x');
  std::size_t sent = 0;
  while (const auto now = a->write_now(asio::buffer(big))) sent += now;
  EXPECT_GT(sent, 0u);
  EXPECT_LT(sent, big.size());
  a->close();
  EXPECT_EQ(a->write_now(asio::buffer("hello", 5)), 0u);
}

TEST_F(StreamTest, WriteNowToAGonePeerIsNoSignal) {
  b->close();
  EXPECT_EQ(a->write_now(asio::buffer("hello", 5)), 0u);
}

TEST_F(StreamTest, ReadNowTakesWhatIsThereAndNeverWaits) {
  char bytes[64];
  EXPECT_EQ(b->read_now(asio::buffer(bytes)), std::tuple(error_code(asio::error::would_block), 0u));
  a->write_now(asio::buffer("hello", 5));
  EXPECT_EQ(b->read_now(asio::buffer(bytes)), std::tuple(error_code(), 5u));
  EXPECT_EQ(std::string(bytes, 5), "hello");
  a->close();
  EXPECT_EQ(b->read_now(asio::buffer(bytes)), std::tuple(error_code(asio::error::eof), 0u));
  b->close();
  EXPECT_EQ(b->read_now(asio::buffer(bytes)), std::tuple(error_code(asio::error::bad_descriptor), 0u));
}

TEST_F(StreamTest, EndOfFileFollowsTheLastBytes) {
  EXPECT_EQ(a->write_last_now(asio::buffer("bye", 3)), 3u);
  tasks.spawn("reader", read_all(this));
  io.run();
  EXPECT_EQ(text, "bye");
  EXPECT_EQ(error, asio::error::eof);
}

TEST_F(StreamTest, EndOfFileDoesNotFollowAPartOfTheLastBytes) {
  const std::string big(8'000'000, 'x');
  const auto taken = a->write_last_now(asio::buffer(big));
  ASSERT_LT(taken, big.size());
  tasks.spawn("reader", read_all(this));
  tasks.spawn("writer", write(this, big.substr(taken)));
  io.run();
  EXPECT_EQ(text.size(), big.size());
}

TEST_F(StreamTest, ADescriptorIsAStreamAndIsWatchedOnceItWaits) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
  a = make_stream(io.get_executor(), unix_socket(), Fd(pair[0]));
  b = make_stream(io.get_executor(), unix_socket(), Fd(pair[1]));
  EXPECT_EQ(b->peer().uid, ::getuid());
  EXPECT_EQ(a->write_now(asio::buffer("hello ", 6)), 6u);
  tasks.spawn("reader", read_all(this));
  tasks.spawn("writer", write(this, "world"));
  io.run();
  EXPECT_EQ(text, "hello world");
  EXPECT_EQ(error, asio::error::eof);
  b->close();
  EXPECT_EQ(b->write_now(asio::buffer("x", 1)), 0u);
}

TEST_F(StreamTest, ADescriptorThatWasClosedUnwatchedIsGone) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
  b = make_stream(io.get_executor(), unix_socket(), Fd(pair[1]));
  b->close();
  char byte;
  EXPECT_EQ(::read(pair[0], &byte, 1), 0);
  ::close(pair[0]);
  tasks.spawn("reader", read_once(this));
  io.run();
  EXPECT_EQ(error, asio::error::bad_descriptor);
}

TEST_F(StreamTest, AnInterruptedReadLeavesTheStreamUsable) {
  tasks.spawn("reader", read_once(this));
  io.poll();
  b->interrupt_read();
  io.run();
  EXPECT_EQ(error, asio::error::operation_aborted);
  io.restart();
  a->write_now(asio::buffer("still", 5));
  tasks.spawn("reader", read_once(this));
  io.run();
  EXPECT_EQ(text, "still");
}

TEST_F(StreamTest, AStreamMayBeDestroyedWhileOneReadsIt) {
  tasks.spawn("reader", read_once(this));
  io.poll();
  b.reset();
  io.run();
  EXPECT_EQ(error, asio::error::operation_aborted);
}

Task<void> write_what_it_takes(StreamTest* test, std::string bytes) {
  test->error = co_await test->a->write_all(asio::buffer(bytes));
}

TEST_F(StreamTest, AStreamMayBeDestroyedWhileOneWritesIt) {
  tasks.spawn("writer", write_what_it_takes(this, std::string(8'000'000, 'x')));
  io.poll();
  a.reset();
  io.run();
  EXPECT_EQ(error, asio::error::operation_aborted);
}

TEST_F(StreamTest, TheUnixPeerIsThisProcess) {
  EXPECT_EQ(a->peer().address, "unix");
  EXPECT_EQ(a->peer().uid, ::getuid());
  EXPECT_EQ(a->peer().pid, ::getpid());
}

TEST_F(StreamTest, ADeadlineClosesWhatIsWaitedOn) {
  Deadline deadline(b->executor(), std::chrono::milliseconds(1), [this] { b->close(); });
  tasks.spawn("reader", read_once(this));
  io.run();
  EXPECT_TRUE(deadline.expired());
  EXPECT_EQ(error, asio::error::operation_aborted);
}

TEST_F(StreamTest, ADeadlineThatWasLeftDoesNothing) {
  bool fired = false;
  {
    Deadline deadline(b->executor(), std::chrono::milliseconds(0), [&] { fired = true; });
    EXPECT_FALSE(deadline.expired());
  }
  io.run();
  EXPECT_FALSE(fired);
}

TEST(EndpointText, IsWhatPeopleWrite) {
  const auto text = [](const char* address) { return endpoint_text({asio::ip::make_address(address), 80}); };
  EXPECT_EQ(text("127.0.0.1"), "127.0.0.1:80");
  EXPECT_EQ(text("::1"), "[::1]:80");
  EXPECT_EQ(text("::ffff:10.1.2.3"), "10.1.2.3:80");
}

}  // namespace
}  // namespace fescue
