// Work: from submit and deliver through a worker and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "functions/function_service_test_support.h"

namespace fescue {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(FunctionServiceTest, ACallGoesThroughAWorkerAndBack) {
  const auto echo = function("echo:1", kStays);
  ASSERT_TRUE(activate({echo}).value());
  ASSERT_TRUE(submit(echo, "i1", InvocationType::request_response, "hello"));
  const WorkerId worker = worker_of(echo);
  EXPECT_EQ(result("i1"), "");
  ask(worker);
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 hello"));
  EXPECT_EQ(post(worker, "i2", "no").error().code(), Code::not_found);
  ASSERT_TRUE(post(worker, "i1", "goodbye"));
  EXPECT_EQ(result("i1"), ":goodbye");
  EXPECT_EQ(post(worker, "i1", "again").error().code(), Code::not_found);

  ask(worker);
  ASSERT_TRUE(submit(echo, "i2"));
  EXPECT_EQ(given_.back(), "i2 ctx-i2 p");
  EXPECT_EQ(service_->counters().workers_started, 1U);
}

TEST_F(FunctionServiceTest, AResultHandlerMaySubmitTheNextCall) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(service_->submit({InvocationId("i1"), {}, echo.arn, InvocationType::request_response, "", Payload("x")},
                               [&](InvocationResult) { EXPECT_TRUE(submit(echo, "i2")); }));
  const WorkerId worker = worker_of(echo);
  ask(worker);
  ask(worker);
  ASSERT_TRUE(post(worker, "i1", "y"));
  EXPECT_THAT(given_, ElementsAre("i1  x", "i2 ctx-i2 p"));
}

TEST_F(FunctionServiceTest, TheProcessHasTheFunctionsEnvironmentIdentityAndLog) {
  auto echo = function("echo:1",
                       "echo $MY_FUNCTION_ARN $COLOUR; echo bad >&2; echo quiet >&3\n"
                       "echo $AWS_CONTAINER_AUTHORIZATION_TOKEN; pwd; id -u; id -g; " +
                           std::string(kStays));
  echo.environment["COLOUR"] = "green";
  activate({pinned(echo)});
  // Its two outputs are pipes of their own, read in any order.
  const auto logged = [&](const std::string& line) { return log_of("echo").find(line) != std::string::npos; };
  ASSERT_TRUE(wait_until([&] { return logged("]-" + std::to_string(kWorkerGid)) && logged("]-bad\n"); }));
  const std::string text = log_of("echo");
  EXPECT_THAT(text, HasSubstr("[INFO]-" + echo.arn.str() + " green\n"));
  EXPECT_THAT(text, HasSubstr("[ERROR]-bad\n"));
  EXPECT_THAT(text, HasSubstr("[INFO]-" + package_of(echo.arn) + "\n"));
  EXPECT_EQ(text.find("quiet"), std::string::npos);  // DEBUG, and the level is INFO

  const std::size_t at = text.find("Basic ");
  ASSERT_NE(at, std::string::npos);
  const std::string token = text.substr(at, text.find('\n', at) - at);
  const auto identity = service_->authenticate(token);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->function, echo.arn);
  EXPECT_EQ(identity->id, worker_of(echo));
  EXPECT_FALSE(service_->authenticate(token.substr(0, token.size() - 1)));
  EXPECT_FALSE(service_->authenticate(""));

  ::kill(workers_of(echo).at(0).pid, SIGKILL);
  ASSERT_TRUE(wait_until([&] { return !service_->authenticate(token); }));  // a token dies with its worker
}

TEST_F(FunctionServiceTest, ATimeoutKillsTheProcessAndTellsTheCaller) {
  auto slow = function("slow:1", "trap '' TERM; while true; do sleep 1000; done");
  slow.timeout = 1s;
  activate({slow});
  ASSERT_TRUE(submit(slow, "i1"));
  const auto worker = workers_of(slow).at(0);
  ask(worker.id);
  ASSERT_TRUE(wait_until([&] { return worker_sockets_.opened.empty(); }));
  EXPECT_EQ(result("i1"), "Unhandled:{\"errorMessage\":\"" + slow.arn.str() + " timed out after 1 seconds\"}");
  EXPECT_TRUE(is_gone(worker.pid));
  EXPECT_EQ(service_->counters().timeouts, 1U);
  EXPECT_EQ(service_->counters().workers_died, 1U);
}

TEST_F(FunctionServiceTest, ACallerIsToldWhenTheWorkerDies) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1"));
  const auto worker = workers_of(echo).at(0);
  ask(worker.id);
  ::kill(worker.pid, SIGSEGV);
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:{\"errorMessage\":\"the worker of " + echo.arn.str()));
  EXPECT_THAT(result("i1"), HasSubstr("signal: segmentation fault"));
}

TEST_F(FunctionServiceTest, TheLogTailIsWhatTheWorkerPrintedMeanwhileEvenIfItDies) {
  const auto dying = function("dying:1", "echo before; read word < go; echo last $word >&2; exit 3");
  ASSERT_EQ(::mkfifo((package_of(dying.arn) + "/go").c_str(), 0600), 0);
  ASSERT_EQ(::chmod((package_of(dying.arn) + "/go").c_str(), 0644), 0);
  activate({dying});
  ASSERT_TRUE(service_->submit({.id = InvocationId("i1"),
                                .caller = {},
                                .target = dying.arn,
                                .type = InvocationType::request_response,
                                .client_context = "",
                                .payload = Payload("x"),
                                .log_tail = LogTail::yes},
                               [this](InvocationResult result) { results_["i1"] = std::move(result); }));
  const WorkerId worker = worker_of(dying);
  ASSERT_TRUE(wait_until([&] { return log_of("dying").find("before") != std::string::npos; }));
  ask(worker);
  std::ofstream(package_of(dying.arn) + "/go") << "words\n";
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:"));
  EXPECT_THAT(results_["i1"].log_tail, HasSubstr("][ERROR]-last words\n"));
  EXPECT_EQ(results_["i1"].log_tail.find("before"), std::string::npos);
}

TEST_F(FunctionServiceTest, AnEventIsGivenAgainWhole) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1", InvocationType::event, "payload"));
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const auto worker = workers_of(echo).at(0);
    ask(worker.id);
    ::kill(worker.pid, SIGKILL);
    ASSERT_TRUE(wait_until([&] { return !worker_sockets_.opened.contains(worker.id); }));
  }
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 payload", "i1 ctx-i1 payload", "i1 ctx-i1 payload"));
  EXPECT_THAT(result("i1"), HasSubstr("Unhandled:"));
  EXPECT_EQ(service_->counters().dropped_events, 1U);
}

TEST_F(FunctionServiceTest, AStartThatFailsForGoodEndsTheWait) {
  const auto broken = function("broken:1", "echo oh dear >&2; exit 3");
  activate({broken});
  ASSERT_TRUE(submit(broken, "i1"));
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("failed to initialize: exit status 3"));
  EXPECT_EQ(service_->counters().workers_started, 3U);
  ASSERT_TRUE(wait_until([&] { return worker_sockets_.opened.empty(); }));
  EXPECT_THAT(log_of("broken"), HasSubstr("[ERROR]-oh dear\n"));
}

TEST_F(FunctionServiceTest, WithoutASocketThereIsNoWorker) {
  worker_sockets_.refuse = true;
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1"));
  ASSERT_TRUE(wait_until([&] { return !result("i1").empty(); }));
  EXPECT_THAT(result("i1"), HasSubstr("it could not be started: no socket"));
  EXPECT_EQ(service_->counters().workers_started, 0U);
}

TEST_F(FunctionServiceTest, TheLinesThatPeopleGrepForAreInTheSystemLog) {
  ASSERT_TRUE(log::to_file(root_ / "runtime.log", 1024 * 1024));
  const auto echo = function("echo:1", kStays);
  activate({echo});
  ASSERT_TRUE(submit(echo, "i1", InvocationType::event));
  std::vector<WorkerStatus> workers;
  for (int attempt = 1; attempt <= 3; ++attempt) {
    workers.push_back(workers_of(echo).at(0));
    ask(workers.back().id);
    ::kill(workers.back().pid, SIGKILL);
    ASSERT_TRUE(wait_until([&] { return !worker_sockets_.opened.contains(workers.back().id); }));
  }
  log::to_stderr();
  const std::string text = read_file(root_ / "runtime.log");
  const std::string id = workers[0].id.str();
  EXPECT_THAT(
      text, HasSubstr(fmt::format("[INFO]-Created worker.\t{{\"functionArn\":\"{}\",\"workerId\":\"{}\",\"pid\":{}}}\n",
                                  echo.arn.str(), id, workers[0].pid)));
  EXPECT_THAT(text, HasSubstr("[INFO]-Worker Max Memory Usage (KB): "));
  EXPECT_THAT(text,
              HasSubstr(fmt::format("[ERROR]-Worker is ungracefully killed.\t{{\"workerId\":\"{}\",\"funcArn\":\"{}\","
                                    "\"state\":\"signal: killed\",\"cause\":\"signalled\",",
                                    id, echo.arn.str())));
  EXPECT_THAT(text, HasSubstr("-WorkItem reached max retry limit.\t{\"invocationId\":\"i1\""));
}

// Admission.

TEST_F(FunctionServiceTest, WhatIsNotJsonIsRefusedForJsonFunctions) {
  auto echo = function("echo:1", kStays);
  echo.encoding = Encoding::json;
  activate({echo});
  const auto refused = submit(echo, "i1", InvocationType::request_response, "not json");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::invalid_argument);
  EXPECT_TRUE(submit(echo, "i2", InvocationType::request_response, "{\"a\": 1}"));
  EXPECT_TRUE(submit(echo, "i3", InvocationType::request_response, ""));
  const Endpoint target = Endpoint::function(echo.arn);
  service_->deliver(target, {Endpoint::cloud(), *Topic::parse("t"), Payload("\xff")});
  EXPECT_EQ(service_->counters().bad_payloads, 2U);
  EXPECT_EQ(service_->counters().dropped_events, 1U);
  EXPECT_EQ(service_->counters().invocations, 2U);
}

Message message_of(std::size_t bytes) {
  return {Endpoint::cloud(), *Topic::parse("a"), Payload(std::string(bytes, 'x'))};
}

TEST_F(FunctionServiceTest, UnknownFunctionsTwiceUsedIdsAndFullQueuesAreRefused) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  EXPECT_EQ(submit(function("echo:2", kStays), "i1").error().code(), Code::not_found);
  ASSERT_TRUE(submit(echo, "i1", InvocationType::request_response, std::string(600, 'x')));
  EXPECT_EQ(submit(echo, "i1").error().code(), Code::already_exists);
  const Endpoint target = Endpoint::function(echo.arn);
  EXPECT_TRUE(service_->has_room(target, message_of(400)));
  EXPECT_FALSE(service_->has_room(target, message_of(401)));
  EXPECT_EQ(submit(echo, "i2", InvocationType::event, std::string(401, 'x')).error().code(), Code::resource_exhausted);
  EXPECT_EQ(service_->counters().refused, 1U);
  const WorkerId worker = worker_of(echo);
  ask(worker);
  ASSERT_TRUE(post(worker, "i1", "done"));
  EXPECT_TRUE(service_->has_room(target, message_of(1000)));
}

TEST_F(FunctionServiceTest, WhoFillsTheQueueLeavesRoomToOthers) {
  const auto echo = function("echo:1", kStays), greedy = function("greedy:1", kStays);
  activate({echo, greedy});
  const auto call = [&](const FunctionArn& caller, const std::string& id, std::size_t bytes) {
    return service_->submit(
        {InvocationId(id), caller, echo.arn, InvocationType::event, "", Payload(std::string(bytes, 'x'))}, {});
  };
  ASSERT_TRUE(call(greedy.arn, "i1", 1000));
  EXPECT_EQ(call(greedy.arn, "i2", 1).error().code(), Code::resource_exhausted);
  const Message greedy_one{Endpoint::function(greedy.arn), *Topic::parse("a"), Payload("x")};
  EXPECT_FALSE(service_->has_room(Endpoint::function(echo.arn), greedy_one));
  EXPECT_TRUE(call(function("modest:1", kStays).arn, "i3", 125));                  // an eighth
  EXPECT_TRUE(service_->has_room(Endpoint::function(echo.arn), message_of(125)));  // counts on echo itself
  EXPECT_FALSE(service_->has_room(Endpoint::function(echo.arn), message_of(126)));
  EXPECT_EQ(service_->counters().work_items, 2U);
  EXPECT_EQ(service_->counters().work_bytes, 1125U);
}

TEST_F(FunctionServiceTest, ARoutedMessageIsAnEventThatNamesItsTopic) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  service_->deliver(Endpoint::function(echo.arn), {Endpoint::cloud(), *Topic::parse("a/b"), Payload("hi")});
  const WorkerId worker = worker_of(echo);
  std::optional<WorkItem> item;
  service_->next_work(worker, [&](WorkItem given) { item = std::move(given); });
  ASSERT_TRUE(item);
  EXPECT_EQ(item->payload.view(), "hi");
  EXPECT_EQ(*base64_decode(item->client_context), "{\"custom\":{\"subject\":\"a/b\"}}");
  EXPECT_EQ(item->id.str().size(), 36U);
  EXPECT_TRUE(service_->post_result(worker, item->id, {}));
}

TEST_F(FunctionServiceTest, AConnectorIsFoundByItsUnqualifiedName) {
  auto connector = function("GG-ML-INF:4", kStays);
  const auto code = package_of(connector.arn);
  connector.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:aws:function:GG-ML-INF:4");
  std::filesystem::copy(code, package_of(connector.arn));
  activate({connector, function("echo:1", kStays)});
  const auto call = [&](const std::string& arn, const char* id) {
    return service_->submit({InvocationId(id), {}, *FunctionArn::parse(arn), InvocationType::event, "", {}}, {});
  };
  EXPECT_TRUE(call("arn:aws:lambda:us-west-2:aws:function:GG-ML-INF", "i1"));
  EXPECT_FALSE(call("arn:aws:lambda:us-west-2:aws:function:Other", "i2"));
  EXPECT_FALSE(call("arn:aws:lambda:us-west-2:123456789012:function:echo", "i3"));
}

TEST_F(FunctionServiceTest, AForgottenRequestGetsNothing) {
  const auto echo = function("echo:1", kStays);
  activate({pinned(echo)});
  const WorkerId worker = worker_of(echo);
  ask(worker);
  service_->forget_request(worker);
  ASSERT_TRUE(submit(echo, "i1"));
  EXPECT_THAT(given_, IsEmpty());
  ask(worker);
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 p"));
  ask(WorkerId("nobody"));
  service_->forget_request(WorkerId("nobody"));
}

TEST_F(FunctionServiceTest, AnItemThatComesBackUnreadIsGivenAgain) {
  const auto echo = function("echo:1", kStays);
  activate({pinned(echo)});
  const WorkerId worker = worker_of(echo);
  ask(worker);
  ASSERT_TRUE(submit(echo, "i1"));
  service_->return_work(worker, InvocationId("i1"));
  service_->return_work(worker, InvocationId("i1"));
  ask(worker);
  EXPECT_THAT(given_, ElementsAre("i1 ctx-i1 p", "i1 ctx-i1 p"));
  ASSERT_TRUE(post(worker, "i1", "done"));
  EXPECT_EQ(result("i1"), ":done");
}

TEST_F(FunctionServiceTest, LinesOfTheOldLogIntakeGoToTheSameFile) {
  const auto echo = function("echo:1", kStays);
  activate({echo});
  service_->log_line(echo.arn, log::Level::warn, "one\ntwo");
  EXPECT_THAT(log_of("echo"), HasSubstr("[WARN]-one\n"));
  EXPECT_THAT(log_of("echo"), HasSubstr("[WARN]-two\n"));
}

}  // namespace
}  // namespace fescue
