// For tests: the function service with the real launcher and real processes. Workers are shell scripts started as
// executables; what a worker would say over IPC is said by the test, through the WorkerGateway.
#pragma once

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "functions/function_service.h"
#include "sandbox/launcher/launcher_test_support.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/temp_directory.h"

namespace fescue {

inline constexpr char kStays[] = "exec sleep 1000";

class TestWorkerSockets final : public WorkerSockets {
 public:
  Result<std::string> open(const WorkerId& worker, uid_t) override {
    if (refuse) return Error(Code::io, "no socket");
    opened.insert(worker);
    return directory.empty() ? "/sockets/" + worker.str() : bind_socket(directory + "/" + worker.str());
  }
  Result<Fd> connect(const WorkerId& worker) override {
    EXPECT_TRUE(opened.contains(worker));
    return Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  }
  Result<std::uint16_t> open_runtime_api(const CustomWorker& worker) override {
    EXPECT_TRUE(opened.contains(worker.id));
    return 4711;
  }
  void admit(const WorkerId& worker, std::uint64_t) override { EXPECT_TRUE(opened.contains(worker)); }
  void close(const WorkerId& worker) override { opened.erase(worker); }

  /// A socket's file is what a container needs.
  static Result<std::string> bind_socket(const std::string& path) {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return errno_error(path);
    return path;
  }

  std::set<WorkerId> opened;
  std::string directory;  // for sockets that are there
  bool refuse = false;
};

class FunctionServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::chmod(root_.c_str(), 0755);
    auto launcher = spawn_launcher({.core_uid = ::geteuid() == 0 ? 54300 : ::geteuid(), .core_gid = ::getegid()});
    ASSERT_TRUE(launcher) << launcher.error().message();
    launcher_pid_ = launcher->pid;
    FunctionServiceOptions options;
    options.user_log_directory = root_ / "log";
    options.runtime_directory = root_ / "runtime";
    options.code_directory = root_;
    options.max_held_bytes = 1000;
    options.limits.first_pause = std::chrono::milliseconds(1);
    service_ = std::make_unique<FunctionService>(io_, std::move(options), std::move(*launcher), worker_sockets_,
                                                 [this](const Error& error) { lost_ = error; });
  }
  void TearDown() override { service_.reset(); }

  template <class Done>
  bool wait_until(Done done) {
    return run_until(io_, done);
  }

  /// A function whose worker runs `script`.
  FunctionConfig function(const std::string& name, const std::string& script) {
    FunctionConfig config;
    config.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:" + name);
    config.runtime = std::string(kExecutableRuntime);
    config.handler = "run";
    config.encoding = Encoding::binary;
    config.isolation = Isolation::none;
    config.run_as = {kWorkerUid, kWorkerGid};
    std::filesystem::create_directories(package_of(config.arn));
    ::chmod(package_of(config.arn).c_str(), 0755);
    const std::string program = package_of(config.arn) + "/run";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    ::chmod(program.c_str(), 0755);
    return config;
  }
  static FunctionConfig pinned(FunctionConfig config) {
    config.pinned = true;
    return config;
  }
  std::string package_of(const FunctionArn& arn) const { return root_ / arn.str(); }

  /// Prepares and commits.
  std::optional<Result<void>>& activate(std::vector<FunctionConfig> functions) {
    service_->prepare(staged(std::move(functions)), [this](Result<void> prepared) {
      if (prepared) service_->commit();
      activated_ = std::move(prepared);
    });
    return activated_;
  }
  std::optional<Result<void>>& restore(std::vector<FunctionConfig> functions) {
    service_->restore(staged(std::move(functions)),
                      [this](Result<void> restored) { activated_ = std::move(restored); });
    return activated_;
  }
  StagedGroup staged(std::vector<FunctionConfig> functions) {
    auto group = std::make_shared<Group>();
    group->functions = std::move(functions);
    group->loggers = loggers_;
    StagedGroup out;
    for (const auto& config : group->functions) out.code[config.arn] = package_of(config.arn);
    out.group = std::move(group);
    activated_.reset();
    return out;
  }

  Result<void> submit(const FunctionConfig& target, const std::string& id,
                      InvocationType type = InvocationType::request_response, const std::string& payload = "p") {
    return service_->submit({InvocationId(id), {}, target.arn, type, "ctx-" + id, Payload(payload)},
                            [this, id](InvocationResult result) { results_[id] = std::move(result); });
  }
  /// The text of a result: its error's name, a colon, its payload; "" while there is none.
  std::string result(const std::string& id) const {
    const auto found = results_.find(id);
    if (found == results_.end()) return "";
    return std::string(name_of(found->second.error)) + ":" + std::string(found->second.payload.view());
  }

  /// Waits until `count` workers of the function have a process.
  std::vector<WorkerStatus> workers_of(const FunctionConfig& config, std::size_t count = 1) {
    std::vector<WorkerStatus> found;
    EXPECT_TRUE(wait_until([&] {
      found = service_->workers();
      std::erase_if(found, [&](const auto& worker) { return worker.function != config.arn || worker.pid == 0; });
      return found.size() == count;
    }));
    return found;
  }
  WorkerId worker_of(const FunctionConfig& config) { return workers_of(config).at(0).id; }

  /// The worker asks; what it is given goes to given_ as "id context payload".
  void ask(const WorkerId& worker) {
    service_->next_work(worker, [this](WorkItem item) {
      given_.push_back(fmt::format("{} {} {}", item.id.str(), item.client_context, item.payload.view()));
    });
  }
  Result<void> post(const WorkerId& worker, const std::string& id, const std::string& payload) {
    return service_->post_result(worker, InvocationId(id), {FunctionError::none, Payload(payload)});
  }
  std::string log_of(const std::string& name) const {
    return read_file(root_ / "log/us-west-2/123456789012" / (name + ".log"));
  }

  const TempDirectory own_;
  const std::filesystem::path root_ = own_.path();
  asio::io_context io_;
  TestWorkerSockets worker_sockets_;
  pid_t launcher_pid_ = 0;
  std::optional<Error> lost_;
  std::vector<LoggerConfig> loggers_;  // of the groups that are activated
  std::optional<Result<void>> activated_;
  std::map<std::string, InvocationResult> results_;
  std::vector<std::string> given_;
  std::unique_ptr<FunctionService> service_;
};

}  // namespace fescue
