// Results that a worker fetches and does not read.
#include <gmock/gmock.h>

#include "ipc/access.h"
#include "ipc/ipc_server_test_support.h"

namespace fescue {
namespace {

class UnreadResultsTest : public IpcServerTest {
 protected:
  static constexpr std::size_t kResult = 5'000'000;

  UnreadResultsTest() { invoker_.answer = InvocationResult{FunctionError::none, Payload(std::string(kResult, 'x'))}; }

  /// A call whose result is there.
  std::string finished_call(Stream& stream) {
    return std::string(call(stream, "POST", path_of(kIdle)).headers.get("X-Amz-InvocationId"));
  }
  /// Until it has been answered.
  void fetch_unread(Stream& stream, const std::string& id) {
    const std::string head = "GET " + path_of(kIdle) + " HTTP/1.1\r\nHost: a\r\nAuthorization: Basic echo\r\n" +
                             "X-Amz-InvocationId: " + id + "\r\n\r\n";
    const IpcCounters before = server_.counters();
    EXPECT_EQ(stream.write_now(asio::buffer(head)), head.size());
    run_until([&] {
      const IpcCounters now = server_.counters();
      return now.waiting_results < before.waiting_results || now.lost_answers > before.lost_answers;
    });
  }
  /// Over all its listeners, until there is no room. The call whose result was refused.
  std::string fetch_all_there_is_room_for() {
    std::string id;
    for (int i = 0; i < 30 && server_.counters().lost_answers == 0; ++i) {
      held_.push_back(i % 2 == 0 ? connect_worker_socket() : dial_tcp());
      id = finished_call(*held_.back());
      fetch_unread(*held_.back(), id);
    }
    EXPECT_EQ(server_.counters().lost_answers, 1u);
    return id;
  }

  std::vector<SharedStream> held_;
};

TEST_F(UnreadResultsTest, HaveABoundAndWhatIsBeyondItIsKept) {
  const std::string id = fetch_all_there_is_room_for();
  EXPECT_EQ(held_.size(), kMaxIpcAnswersOfCaller / kResult + 1);
  EXPECT_LE(server_.counters().answer_bytes, kMaxIpcAnswersOfCaller);

  const SharedStream more = connect_worker_socket();
  const auto refused = call(*more, "GET", path_of(kIdle), {{"X-Amz-InvocationId", id}});
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.headers.get("Retry-After"), "1");
  EXPECT_THAT(refused.body, testing::HasSubstr("this one is kept"));
  held_[0]->close();
  const std::uint64_t full = server_.counters().answer_bytes;
  run_until([&] { return server_.counters().answer_bytes < full; });
  EXPECT_EQ(call(*more, "GET", path_of(kIdle), {{"X-Amz-InvocationId", id}}).body.size(), kResult);
}

TEST_F(UnreadResultsTest, OfOneWorkerLeaveRoomForOthers) {
  fetch_all_there_is_room_for();
  const SharedStream stream = dial_tcp();
  HttpRequest post{"POST", path_of(kEcho), {}, ""}, get{"GET", path_of(kEcho), {}, ""};
  post.headers.add("Authorization", "Basic other");
  get.headers.add("Authorization", "Basic other");
  const auto posted = run(http_exchange(*stream, std::move(post)));
  get.headers.add("X-Amz-InvocationId", std::string(posted.headers.get("X-Amz-InvocationId")));
  const auto fetched = run(http_exchange(*stream, std::move(get)));
  EXPECT_EQ(fetched.status, 200u);
  EXPECT_EQ(fetched.body.size(), kResult);
}

}  // namespace
}  // namespace fescue
