// Command and variables of each runtime, and which of them a function may set.
#include "functions/launch/worker_environment.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"

namespace fescue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Environment : public ::testing::Test {
 protected:
  Environment() {
    function_.arn = *FunctionArn::parse("arn:aws:lambda:us-west-2:123456789012:function:Echo:3");
    function_.runtime = "python3.8";
    function_.handler = "pkg.mod.handle";
    core_.gg_https = {"gg.example.org", 8443};
    core_.iot_mqtt = {"iot.example.org", 8883};
    places_.package = "/packages/echo";
    places_.runtimes = "/root/ggc/core/runtime";
    places_.ipc_socket = "/root/ggc/socket/w1.sock";
    places_.home = "/home/ggc_user";
  }

  Result<WorkerCommand> command() {
    WorkerSettings settings{core_, places_, "/usr/bin/python3.8", "Basic secret", 8001, level_, proxy_};
    return worker_command(function_, settings);
  }
  /// The value of `name`, or "(absent)".
  std::string value(const std::string& name) {
    const auto made = command();
    for (const std::string& entry : made->environment) {
      if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
    }
    return "(absent)";
  }

  FunctionConfig function_;
  CoreConfig core_;
  WorkerPlaces places_;
  log::Level level_ = log::Level::warn;
  std::optional<ProxySettings> proxy_;
};

TEST_F(Environment, PythonStartsAsOnV1) {
  EXPECT_EQ(command()->program, "/usr/bin/python3.8");
  EXPECT_THAT(command()->arguments, ElementsAre("python3.8", "-u", "/root/ggc/core/runtime/python/lambda_runtime.py",
                                                "--handler=pkg.mod.handle"));
}

TEST_F(Environment, NodejsFindsThePackageAndTheCoresModules) {
  EXPECT_EQ(value("NODE_PATH"), "(absent)");
  function_.runtime = "nodejs12.x";
  function_.handler = "src/index.handler";
  function_.environment["NODE_PATH"] = "/elsewhere";
  EXPECT_EQ(command()->program, "/usr/bin/python3.8");
  EXPECT_THAT(command()->arguments, ElementsAre("nodejs12.x", "/root/ggc/core/runtime/nodejs/lambda_nodejs_runtime.js",
                                                "--handler=src/index.handler"));
  EXPECT_EQ(value("NODE_PATH"), "/packages/echo:/root/ggc/core/runtime/nodejs/modules:/packages/echo/node_modules");
}

TEST_F(Environment, SomeRuntimesAreBornWithAConnection) {
  EXPECT_EQ(command()->connection, ConnectionPlace::none);
  EXPECT_EQ(value("FESCUE_CONNECTION"), "(absent)");
  function_.runtime = "nodejs12.x";
  function_.environment["FESCUE_CONNECTION"] = "2";
  EXPECT_EQ(command()->connection, ConnectionPlace::own);
  EXPECT_EQ(value("FESCUE_CONNECTION"), "7");
}

TEST_F(Environment, V1sVariables) {
  EXPECT_EQ(value("MY_FUNCTION_ARN"), function_.arn.str());
  EXPECT_EQ(value("AWS_CONTAINER_AUTHORIZATION_TOKEN"), "Basic secret");
  EXPECT_EQ(value("AWS_CONTAINER_CREDENTIALS_FULL_URI"), "http://localhost:8001/2016-11-01/credentialprovider/");
  EXPECT_EQ(value("GG_DAEMON_PORT"), "8001");
  EXPECT_EQ(value("ENCODING_TYPE"), "json");
  EXPECT_EQ(value("GGC_MAX_INTERFACE_VERSION"), "1.5");
  EXPECT_EQ(value("SHADOW_FUNCTION_ARN"), "arn:aws:lambda:::function:GGShadowService");
  EXPECT_EQ(value("ROUTER_FUNCTION_ARN"), "arn:aws:lambda:::function:GGRouter");
  EXPECT_EQ(value("SECRETS_MANAGER_FUNCTION_ARN"), "arn:aws:lambda:::function:GGSecretManager:1");
  EXPECT_EQ(value("AWS_GG_RESOURCE_PREFIX"), "/");
  EXPECT_EQ(value("AWS_GG_HTTP_ENDPOINT"), "gg.example.org:8443");
  EXPECT_EQ(value("AWS_GG_MQTT_ENDPOINT"), "gg.example.org:8883");
  EXPECT_EQ(value("AWS_IOT_HTTP_ENDPOINT"), "iot.example.org:8443");
  EXPECT_EQ(value("AWS_IOT_MQTT_ENDPOINT"), "iot.example.org:8883");
  EXPECT_EQ(value("GG_MQTT_KEEP_ALIVE"), "600");
  EXPECT_EQ(value("AWS_REGION"), "us-west-2");
  EXPECT_EQ(value("PATH"), "/usr/bin:/usr/local/bin");
  EXPECT_EQ(value("HOME"), "/home/ggc_user");
  EXPECT_EQ(value("LOG_LEVEL"), "WARN");
  EXPECT_EQ(value("IPC_SOCK_FILE"), "/root/ggc/socket/w1.sock");
  EXPECT_EQ(value("_GG_LOG_FD_INFO") + value("_GG_LOG_FD_ERROR") + value("_GG_LOG_FD_DEBUG") +
                value("_GG_LOG_FD_WARN") + value("_GG_LOG_FD_FATAL") + value("_GG_LOG_FD_TRACE"),
            "123456");
  function_.encoding = Encoding::binary;
  EXPECT_EQ(value("ENCODING_TYPE"), "binary");
}

TEST_F(Environment, NothingThatMakesLibrariesTakeItForTheCloud) {
  for (const char* name : {"LAMBDA_TASK_ROOT", "_HANDLER", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_RUNTIME_API"}) {
    EXPECT_EQ(value(name), "(absent)") << name;
  }
}

TEST_F(Environment, UserVariablesComeLastButReplaceNothingReserved) {
  function_.environment = {{"COLOUR", "green = blue"},
                           {"MY_FUNCTION_ARN", "arn:of:another"},
                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "stolen"},
                           {"_GG_LOG_FD_INFO", "9"},
                           {"PATH", "/opt/tools"}};
  EXPECT_EQ(value("COLOUR"), "green = blue");
  EXPECT_EQ(value("MY_FUNCTION_ARN"), function_.arn.str());
  EXPECT_EQ(value("AWS_CONTAINER_AUTHORIZATION_TOKEN"), "Basic secret");
  EXPECT_EQ(value("_GG_LOG_FD_INFO"), "1");
  EXPECT_EQ(value("PATH"), "/opt/tools");
}

TEST_F(Environment, ALogLevelOfTheUserCountsIfRuntimesKnowIt) {
  function_.environment["LOG_LEVEL"] = "DEBUG";
  EXPECT_EQ(value("LOG_LEVEL"), "DEBUG");
  function_.environment["LOG_LEVEL"] = "verbose";
  EXPECT_EQ(value("LOG_LEVEL"), "WARN");
}

TEST_F(Environment, ProxyVariablesSpareLoopbackAndYieldToTheUser) {
  EXPECT_EQ(value("http_proxy"), "(absent)");
  proxy_ = ProxySettings{"http://proxy:3128", "10.0.0.1"};
  function_.environment["HTTPS_PROXY"] = "http://mine:1";
  EXPECT_EQ(value("http_proxy"), "http://proxy:3128");
  EXPECT_EQ(value("HTTP_PROXY"), "http://proxy:3128");
  EXPECT_EQ(value("https_proxy"), "http://proxy:3128");
  EXPECT_EQ(value("HTTPS_PROXY"), "http://mine:1");
  EXPECT_EQ(value("no_proxy"), "10.0.0.1,localhost,127.0.0.1,::1");
  EXPECT_EQ(value("NO_PROXY"), "10.0.0.1,localhost,127.0.0.1,::1");
}

TEST_F(Environment, VariablesThatNoProcessCanHaveAreRefusedByName) {
  for (const std::string& name : {std::string(), std::string("A=B"), std::string("A\0B", 3)}) {
    function_.environment = {{name, "x"}};
    ASSERT_FALSE(command());
    EXPECT_EQ(command().error().code(), Code::invalid_argument);
  }
  function_.environment = {{"A", std::string("x\0y", 3)}};
  EXPECT_FALSE(command());
}

TEST_F(Environment, ExecutablesRunFromTheirPackageWithOurLibraryFirst) {
  function_.runtime = std::string(kExecutableRuntime);
  function_.encoding = Encoding::binary;
  function_.handler = "hello";
  function_.exec_args = "-v 'two words'";
  EXPECT_EQ(command()->program, "/packages/echo/hello");
  EXPECT_THAT(command()->arguments, ElementsAre("/packages/echo/hello", "-v", "two words"));
  EXPECT_EQ(value("LD_LIBRARY_PATH"), "/root/ggc/core/runtime/executable:/packages/echo");
  EXPECT_EQ(value("LD_PRELOAD"), "/root/ggc/core/runtime/executable/libaws-greengrass-core-sdk-c.so");
  for (const char* handler : {"", "..", "bin/hello", "../hello"}) {
    function_.handler = handler;
    EXPECT_FALSE(command()) << handler;
  }
}

TEST_F(Environment, AnExecutablesOwnLoaderListsComeAfterOurs) {
  function_.runtime = std::string(kExecutableRuntime);
  function_.encoding = Encoding::binary;
  function_.handler = "hello";
  function_.environment = {{"LD_LIBRARY_PATH", "/opt/lib"}, {"LD_PRELOAD", "/opt/lib/trace.so"}};
  EXPECT_EQ(value("LD_LIBRARY_PATH"), "/root/ggc/core/runtime/executable:/packages/echo:/opt/lib");
  EXPECT_EQ(value("LD_PRELOAD"), "/root/ggc/core/runtime/executable/libaws-greengrass-core-sdk-c.so:/opt/lib/trace.so");
}

TEST_F(Environment, CustomRuntimesAreStartedAsInAwsLambda) {
  function_.runtime = "provided.al2023";
  function_.handler = "some.handler";
  EXPECT_EQ(command()->program, "/packages/echo/bootstrap");
  EXPECT_THAT(command()->arguments, ElementsAre("/packages/echo/bootstrap"));
  EXPECT_EQ(value("AWS_LAMBDA_RUNTIME_API"), "127.0.0.1:0");
  EXPECT_EQ(value("_HANDLER"), "some.handler");
  EXPECT_EQ(value("LAMBDA_TASK_ROOT"), "/packages/echo");
  EXPECT_EQ(value("AWS_LAMBDA_FUNCTION_NAME"), function_.arn.name());
  EXPECT_EQ(value("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), "16");
}

TEST(RuntimeKindTest, UnknownOnesAreRefusedByName) {
  EXPECT_EQ(*runtime_kind("python2.7"), RuntimeKind::python);
  EXPECT_EQ(*runtime_kind("python3.13"), RuntimeKind::python);
  EXPECT_EQ(*runtime_kind("arn:aws:greengrass:::runtime/function/executable"), RuntimeKind::executable);
  for (const char* runtime : {"provided", "provided.al2", "provided.al2023"}) {
    EXPECT_EQ(*runtime_kind(runtime), RuntimeKind::custom);
  }
  for (const char* runtime : {"nodejs6.10", "nodejs8.10", "nodejs12.x", "nodejs22.x"}) {
    EXPECT_EQ(*runtime_kind(runtime), RuntimeKind::nodejs) << runtime;
  }
  for (const char* runtime : {"java8", "java8.al2", "java11", "java25"}) {
    EXPECT_EQ(*runtime_kind(runtime), RuntimeKind::java) << runtime;
  }
  for (const char* runtime : {"java", "java7", "nodejs", "nodejs4.3", "nodejs12", "nodejs12.x/../sh", "python3.",
                              "python3.x", "python2.6", "python3.8/../../bin/sh", ""}) {
    const auto kind = runtime_kind(runtime);
    ASSERT_FALSE(kind) << runtime;
    EXPECT_EQ(kind.error().code(), Code::unimplemented);
    EXPECT_NE(kind.error().message().find(runtime), std::string::npos);
  }
}

TEST(SplitArguments, LikeAShellWithoutExpansion) {
  EXPECT_THAT(*split_arguments(""), IsEmpty());
  EXPECT_THAT(*split_arguments("  a \t b "), ElementsAre("a", "b"));
  EXPECT_THAT(*split_arguments(R"(-Xmx32m "a b"'c d' '' \"q\" 'x\y' "p\"q")"),
              ElementsAre("-Xmx32m", "a bc d", "", "\"q\"", "x\\y", "p\"q"));
  EXPECT_THAT(*split_arguments("$HOME *"), ElementsAre("$HOME", "*"));
  EXPECT_FALSE(split_arguments("'open"));
  EXPECT_FALSE(split_arguments(std::string_view("a\0b", 3)));
}

TEST(WorkerToken, IsBasicAndNeverTheSame) {
  const std::string token = new_worker_token();
  EXPECT_TRUE(token.starts_with("Basic "));
  EXPECT_EQ(base64_decode(token.substr(6))->size(), 32U);
  EXPECT_NE(token, new_worker_token());
}

}  // namespace
}  // namespace fescue
