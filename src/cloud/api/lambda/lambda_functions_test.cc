// Functions by signed requests, with the members that clients wait for.
#include <fcntl.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "cloud/api/lambda/artifact_download.h"
#include "cloud/api/lambda/lambda_test_support.h"
#include "cloud/packages/directory_packages.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/whole_body.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LambdaFunctionsTest : public LambdaTest {};

TEST_F(LambdaFunctionsTest, AreCreatedWithEveryMemberThatClientsWaitFor) {
  const json::object made = create("hello", R"(,"Timeout":5,"Environment":{"Variables":{"AB":"1"}},"Tags":{"t":"v"})");
  EXPECT_EQ(made.at("FunctionArn"), "arn:aws:lambda:us-west-2:123456789012:function:hello");
  EXPECT_EQ(made.at("Version"), "$LATEST");
  EXPECT_EQ(made.at("State"), "Active");
  EXPECT_EQ(made.at("LastUpdateStatus"), "Successful");
  EXPECT_EQ(made.at("Timeout"), 5);
  EXPECT_EQ(made.at("MemorySize"), 128);
  EXPECT_EQ(made.at("LastModified"), "2026-11-22T19:54:02.123+0000");
  EXPECT_EQ(made.at("Environment").at("Variables").at("AB"), "1");
  const std::string package = *base64_decode(zip("one"));
  EXPECT_EQ(made.at("CodeSize"), package.size());
  EXPECT_EQ(made.at("CodeSha256"), json::value(base64_encode(as_view(sha256(package)))));

  const json::value got = json_of(lambda("GET", "/hello"));
  EXPECT_EQ(got.at("Configuration"), made);
  EXPECT_EQ(got.at("Tags").at("t"), "v");
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration")), made);
  EXPECT_FALSE(create("plain").contains("Environment"));
}

TEST_F(LambdaFunctionsTest, MayBePublishedAtOnce) {
  const json::object made = create("hello", R"(,"Publish":true)");
  EXPECT_EQ(made.at("Version"), "1");
  EXPECT_EQ(made.at("FunctionArn"), "arn:aws:lambda:us-west-2:123456789012:function:hello:1");
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration")).at("Version"), "$LATEST");
}

TEST_F(LambdaFunctionsTest, HaveOneName) {
  create("hello");
  const HttpResponse again = lambda("POST", "", new_function("hello"));
  expect_error(again, 409, "ResourceConflictException");
  EXPECT_EQ(json_of(again).at("Type"), "User");
}

TEST_F(LambdaFunctionsTest, AreNamedInThreeForms) {
  create("hello");
  publish("hello");
  create_alias("hello", "prod", "1");
  for (const char* path :
       {"/hello%3A1", "/hello?Qualifier=1", "/123456789012%3Afunction%3Ahello%3A1", "/function%3Ahello%3A1",
        "/arn%3Aaws%3Alambda%3Aus-west-2%3A123456789012%3Afunction%3Ahello%3A1",
        "/arn%3Aaws%3Alambda%3Aus-west-2%3A123456789012%3Afunction%3Ahello?Qualifier=1", "/hello%3A1?Qualifier=1"}) {
    const HttpResponse response = lambda("GET", path);
    ASSERT_EQ(response.status, 200U) << path << response.body;
    EXPECT_EQ(json_of(response).at("Configuration").at("FunctionArn"),
              "arn:aws:lambda:us-west-2:123456789012:function:hello:1")
        << path;
  }
  const json::value by_alias = json_of(lambda("GET", "/hello%3Aprod/configuration"));
  EXPECT_EQ(by_alias.at("FunctionArn"), "arn:aws:lambda:us-west-2:123456789012:function:hello:prod");
  EXPECT_EQ(by_alias.at("Version"), "1");
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration?Qualifier=%24LATEST")).at("FunctionArn"),
            "arn:aws:lambda:us-west-2:123456789012:function:hello:$LATEST");
}

TEST_F(LambdaFunctionsTest, ThatDoNotExistAreNamedInTheError) {
  create("hello");
  const HttpResponse response = lambda("GET", "/nope");
  expect_error(response, 404, "ResourceNotFoundException");
  EXPECT_EQ(json_of(response).at("Message"), "Function not found: arn:aws:lambda:us-west-2:123456789012:function:nope");
  expect_error(lambda("GET", "/hello?Qualifier=2"), 404, "ResourceNotFoundException");
  expect_error(lambda("GET", "/hello?Qualifier=0"), 404, "ResourceNotFoundException");
  expect_error(lambda("GET", "/hello?Qualifier=prod"), 404, "ResourceNotFoundException");
  expect_error(lambda("GET", "/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Ahello"), 404,
               "ResourceNotFoundException");
  expect_error(lambda("GET", "/210987654321%3Afunction%3Ahello"), 404, "ResourceNotFoundException");
}

TEST_F(LambdaFunctionsTest, BadReferencesAreRefused) {
  for (const char* path : {"/he%20llo", "/hello%3A", "/hello%3A1%3A2", "/arn%3Aaws%3As3%3A%3A%3Ahello", "/a%2Fb",
                           "/hello?Qualifier=a%20b"}) {
    expect_error(lambda("GET", path), 400, "ValidationException");
  }
  create("hello");
  expect_error(lambda("GET", "/hello%3A1?Qualifier=2"), 400, "InvalidParameterValueException");
  expect_error(lambda("GET", "/" + std::string(65, 'n')), 400, "ValidationException");
}

TEST_F(LambdaFunctionsTest, CodeMustBeAPackage) {
  const auto refused = [&](std::string_view code) {
    return lambda("POST", "",
                  fmt::format(R"({{"FunctionName":"f","Runtime":"python3.11","Role":"{}","Handler":"h","Code":{}}})",
                              kRole, code));
  };
  for (const std::string& code :
       {std::string(R"({"S3Bucket":"bucket","S3Key":"k"})"), std::string(R"({"ImageUri":"i"})"), std::string("{}"),
        std::string(R"({"ZipFile":"###"})"), std::string(R"({"ZipFile":5})"),
        fmt::format(R"({{"ZipFile":"{}"}})", base64_encode("no zip")),
        fmt::format(R"({{"ZipFile":"{}"}})", base64_encode(make_zip({}))),
        fmt::format(R"({{"ZipFile":"{}"}})", base64_encode(make_zip({{"../evil", "x"}})))}) {
    expect_error(refused(code), 400, "InvalidParameterValueException");
  }
  EXPECT_THAT(refused(R"({"S3Bucket":"bucket","S3Key":"k"})").body, HasSubstr("--package-dir"));
  EXPECT_EQ(json_of(lambda("GET", "")).at("Functions").as_array().size(), 0U);
}

TEST_F(LambdaFunctionsTest, NamesOfPackagesHaveRules) {
  const auto refused = [&](std::string_view code) {
    return lambda("POST", "",
                  fmt::format(R"({{"FunctionName":"f","Runtime":"python3.11","Role":"{}","Handler":"h","Code":{}}})",
                              kRole, code));
  };
  for (const char* code : {R"({"S3Bucket":"b","S3Key":"k"})", R"({"S3Bucket":"bucket"})", R"({"S3Key":"k"})",
                           R"({"S3Bucket":"../x","S3Key":"k"})", R"({"S3Bucket":"bucket.","S3Key":"k"})",
                           R"({"S3Bucket":"bucket","S3Key":""})", R"({"S3Bucket":"bucket","S3Key":"a\u0000"})"}) {
    expect_error(refused(code), 400, "ValidationException");
  }
  expect_error(refused(R"({"S3Bucket":"bucket","S3Key":"k","ZipFile":"UEs="})"), 400, "InvalidParameterValueException");
}

TEST_F(LambdaFunctionsTest, PackagesMayBeNamed) {
  std::filesystem::create_directories(directory_.path("drop/bucket"));
  std::ofstream(directory_.path("drop/bucket/f.zip")) << make_zip({{"app.py", "from the directory"}});
  Fd drop(::open(directory_.path("drop").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  PackageFetcher fetcher(io_, make_directory_packages(std::move(drop), pool_));
  ControlPlane plane{config_,    database_,   artifacts_, rollout_, broker_, invocations_,           pool_,
                     authority_, rejections_, policies_,  cores_,   fetcher, [this] { return now_; }};
  ApiServer server(plane, tasks_);
  HttpRequest made = request("POST", kFunctions,
                             fmt::format(R"({{"FunctionName":"f","Runtime":"python3.11","Role":"{}","Handler":"h",)"
                                         R"("Code":{{"S3Bucket":"bucket","S3Key":"f.zip"}}}})",
                                         kRole));
  sign_sigv4(made, {key_.id, key_.secret}, config_.region.str(), "lambda", now_);
  std::optional<HttpResponse> response;
  asio::co_spawn(io_, server.answer(std::move(made), {"test", "uid 0", {}}),
                 [&](std::exception_ptr, HttpResponse got) { response = std::move(got); });
  ASSERT_TRUE(run_until(io_, [&] { return response.has_value(); }));
  EXPECT_EQ(response->status, 201U) << response->body;
  EXPECT_EQ(json_of(*response).at("CodeSize"), make_zip({{"app.py", "from the directory"}}).size());
}

TEST_F(LambdaFunctionsTest, FieldsHaveRules) {
  const auto refused = [&](std::string_view extra) { return lambda("POST", "", new_function("f", extra)); };
  expect_error(refused(R"(,"Timeout":0)"), 400, "ValidationException");
  expect_error(refused(R"(,"MemorySize":64)"), 400, "ValidationException");
  expect_error(refused(R"(,"Role":"admin")"), 400, "ValidationException");
  expect_error(refused(R"(,"Handler":"a b")"), 400, "ValidationException");
  expect_error(refused(R"(,"Architectures":["sparc"])"), 400, "ValidationException");
  expect_error(refused(R"(,"Environment":{"Variables":{"1A":"x"}})"), 400, "ValidationException");
  expect_error(refused(R"(,"Environment":{"Variables":{"A":"x"}})"), 400, "ValidationException");
  EXPECT_THAT(refused(R"(,"Environment":{"Variables":{"A-B":"x"}})").body, HasSubstr("Invalid environment key name"));
  expect_error(refused(R"(,"Environment":{"Variables":{"AWS_REGION":"x"}})"), 400, "InvalidParameterValueException");
  expect_error(refused(R"(,"Runtime":"python9.9")"), 400, "InvalidParameterValueException");
  expect_error(refused(R"(,"PackageType":"Image")"), 400, "InvalidParameterValueException");
  expect_error(refused(R"(,"Layers":["arn"])"), 400, "InvalidParameterValueException");
  expect_error(refused(fmt::format(R"(,"Environment":{{"Variables":{{"AB":"{}"}}}})", std::string(4096, 'x'))), 400,
               "InvalidParameterValueException");
  expect_error(refused(R"(,"Timeout":"5")"), 400, "SerializationException");
  expect_error(refused(R"(,"TracingConfig":"x")"), 400, "SerializationException");
  expect_error(refused(R"(,"KMSKeyArn":{})"), 400, "SerializationException");
  expect_error(refused(R"(,"FunctionName":"f:1")"), 400, "ValidationException");
  expect_error(refused(fmt::format(R"(,"Description":"{}")", std::string(257, 'x'))), 400, "ValidationException");
  expect_error(lambda("POST", "", R"({"FunctionName":"f"})"), 400, "ValidationException");
  EXPECT_EQ(create("exe", R"(,"Runtime":"arn:aws:greengrass:::runtime/function/executable","Layers":[])").at("Runtime"),
            "arn:aws:greengrass:::runtime/function/executable");
}

TEST_F(LambdaFunctionsTest, KeepWhatACoreHasNoUseFor) {
  const json::object made = create("hello", R"(,"TracingConfig":{"Mode":"Active"},"VpcConfig":{"SubnetIds":["s"]})");
  EXPECT_EQ(made.at("TracingConfig").at("Mode"), "Active");
  EXPECT_EQ(made.at("VpcConfig").at("SubnetIds").at(0), "s");
}

TEST_F(LambdaFunctionsTest, ConfigurationChangesOnlyWhatIsGiven) {
  const json::object before = create("hello", R"(,"Timeout":9,"Environment":{"Variables":{"AA":"1","BB":"2"}})");
  const HttpResponse response =
      lambda("PUT", "/hello/configuration", R"({"Handler":"app.other","Environment":{"Variables":{"CC":"3"}}})");
  ASSERT_EQ(response.status, 200U) << response.body;
  const json::value after = json_of(response);
  EXPECT_EQ(after.at("Handler"), "app.other");
  EXPECT_EQ(after.at("Timeout"), 9);
  EXPECT_EQ(after.at("Environment"), json::parse(R"({"Variables":{"CC":"3"}})"));
  EXPECT_NE(after.at("RevisionId"), before.at("RevisionId"));
  EXPECT_EQ(after.at("CodeSha256"), before.at("CodeSha256"));
}

TEST_F(LambdaFunctionsTest, CodeIsReplaced) {
  const json::object before = create("hello");
  const std::string update = fmt::format(R"({{"ZipFile":"{}"}})", zip("two"));
  const json::value dry =
      json_of(lambda("PUT", "/hello/code", fmt::format(R"({{"ZipFile":"{}","DryRun":true}})", zip("two"))));
  EXPECT_NE(dry.at("CodeSha256"), before.at("CodeSha256"));
  EXPECT_EQ(json_of(lambda("GET", "/hello/configuration")), before);
  const json::value after = json_of(lambda("PUT", "/hello/code", update));
  EXPECT_EQ(after.at("CodeSha256"), dry.at("CodeSha256"));
  EXPECT_NE(after.at("RevisionId"), before.at("RevisionId"));
  const json::value published =
      json_of(lambda("PUT", "/hello/code", fmt::format(R"({{"ZipFile":"{}","Publish":true}})", zip("three"))));
  EXPECT_EQ(published.at("Version"), "1");
  expect_error(lambda("PUT", "/hello/code", R"({"S3Bucket":"bucket","S3Key":"k"})"), 400,
               "InvalidParameterValueException");
  expect_error(lambda("PUT", "/nope/code", update), 404, "ResourceNotFoundException");
  expect_error(lambda("PUT", "/hello%3A1/code", update), 400, "InvalidParameterValueException");
}

TEST_F(LambdaFunctionsTest, AStaleRevisionIsRefused) {
  const json::object made = create("hello");
  const std::string stale = R"({"RevisionId":"stale"})";
  expect_error(lambda("PUT", "/hello/configuration", stale), 412, "PreconditionFailedException");
  expect_error(lambda("POST", "/hello/versions", stale), 412, "PreconditionFailedException");
  expect_error(lambda("PUT", "/hello/code", fmt::format(R"({{"ZipFile":"{}","RevisionId":"stale"}})", zip("x"))), 412,
               "PreconditionFailedException");
  const std::string current =
      fmt::format(R"({{"RevisionId":"{}"}})", std::string_view(made.at("RevisionId").as_string()));
  EXPECT_EQ(lambda("PUT", "/hello/configuration", current).status, 200U);
}

TEST_F(LambdaFunctionsTest, AreDeletedWhole) {
  create("hello");
  publish("hello");
  create_alias("hello", "prod", "1");
  expect_error(lambda("DELETE", "/hello?Qualifier=%24LATEST"), 400, "InvalidParameterValueException");
  expect_error(lambda("DELETE", "/hello?Qualifier=prod"), 400, "InvalidParameterValueException");
  expect_error(lambda("DELETE", "/hello?Qualifier=1"), 409, "ResourceConflictException");
  expect_error(lambda("DELETE", "/hello?Qualifier=7"), 404, "ResourceNotFoundException");
  const HttpResponse deleted = lambda("DELETE", "/hello");
  EXPECT_EQ(deleted.status, 204U);
  EXPECT_EQ(deleted.body, "");
  expect_error(lambda("DELETE", "/hello"), 404, "ResourceNotFoundException");
  expect_error(lambda("GET", "/hello?Qualifier=1"), 404, "ResourceNotFoundException");
}

TEST_F(LambdaFunctionsTest, AVersionIsDeletedAlone) {
  create("hello");
  publish("hello");
  EXPECT_EQ(lambda("DELETE", "/hello?Qualifier=1").status, 204U);
  EXPECT_EQ(lambda("GET", "/hello").status, 200U);
}

TEST_F(LambdaFunctionsTest, AreListedInPages) {
  for (const char* name : {"c", "a", "b"}) create(name);
  publish("a");
  std::vector<std::string> names;
  std::string marker;
  do {
    const json::value page = json_of(lambda("GET", "/?MaxItems=2" + (marker.empty() ? "" : "&Marker=" + marker)));
    for (const json::value& item : page.at("Functions").as_array()) {
      names.emplace_back(item.at("FunctionName").as_string());
    }
    const json::value* next = page.as_object().if_contains("NextMarker");
    marker = next == nullptr ? "" : percent_encode(std::string_view(next->as_string()));
  } while (!marker.empty());
  EXPECT_THAT(names, testing::ElementsAre("a", "b", "c"));
  const json::value all = json_of(lambda("GET", "?FunctionVersion=ALL"));
  EXPECT_EQ(all.at("Functions").as_array().size(), 4U);
  EXPECT_EQ(all.at("Functions").at(1).at("FunctionArn"), "arn:aws:lambda:us-west-2:123456789012:function:a:1");
  expect_error(lambda("GET", "?FunctionVersion=SOME"), 400, "InvalidParameterValueException");
  expect_error(lambda("GET", "?MaxItems=0"), 400, "ValidationException");
  expect_error(lambda("GET", "?Marker=x"), 400, "ValidationException");
}

class LambdaDownloadTest : public LambdaTest {
 protected:
  /// An answer that nobody reads yet.
  HttpResponse begin(std::string_view location) {
    constexpr std::string_view kHost = "http://127.0.0.1:8181";
    EXPECT_THAT(std::string(location), StartsWith(std::string(kHost)));
    return run_task(io_, downloads_.answer({"GET", std::string(location.substr(kHost.size())), {}, ""}));
  }
  HttpResponse fetch(std::string_view location) { return run_task(io_, with_whole_body(begin(location))).value(); }
  std::string location() { return std::string(json_of(lambda("GET", "/hello")).at("Code").at("Location").as_string()); }

  ArtifactDownloads downloads_{plane_, tasks_};
};

TEST_F(LambdaDownloadTest, ALinkServesAFewAtOnce) {
  create("hello");
  const std::string link = location();
  std::vector<HttpResponse> held;
  for (std::size_t i = 0; i < kMaxDownloadsOfLink; ++i) held.push_back(begin(link));
  const HttpResponse refused = begin(link);
  EXPECT_EQ(refused.status, 429U);
  EXPECT_NE(refused.headers.get("Retry-After"), "");
  EXPECT_EQ(held.back().body, "") << "nothing of the package is in memory";
  held.pop_back();
  EXPECT_EQ(fetch(link).status, 200U);
  EXPECT_EQ(fetch(link).status, 200U);
}

TEST_F(LambdaDownloadTest, OfADamagedPackageTheEndIsMissing) {
  create("hello");
  const std::string link = location();
  std::string zip_bytes = *base64_decode(zip("one"));
  zip_bytes[zip_bytes.size() / 2] ^= 1;
  const std::string name = link.substr(link.find("/lambda/") + 8, 64);
  ASSERT_TRUE(real_file_system().write_atomically(directory_.path("artifacts/" + name), zip_bytes, 0600));
  const auto got = run_task(io_, with_whole_body(begin(link)));
  EXPECT_EQ(got.error().code(), Code::io);
}

TEST_F(LambdaDownloadTest, GivesThePackageToWhoHasTheToken) {
  create("hello");
  const HttpResponse got = fetch(location());
  EXPECT_EQ(got.status, 200U);
  EXPECT_EQ(got.body, *base64_decode(zip("one")));
}

TEST_F(LambdaDownloadTest, RefusesOtherTokens) {
  create("hello");
  const std::string good = location();
  EXPECT_EQ(fetch(good.substr(0, good.size() - 1)).status, 403U);
  EXPECT_EQ(fetch(good.substr(0, good.find('?'))).status, 403U);
  EXPECT_EQ(fetch(good.substr(0, good.find('=') + 1) + "9999999999999-00").status, 403U);
  std::string other = good;
  const std::size_t digit = good.find("/lambda/") + 8;
  other[digit] = other[digit] == 'a' ? 'b' : 'a';
  EXPECT_EQ(fetch(other).status, 403U);
  EXPECT_EQ(fetch("http://127.0.0.1:8181/_artifacts/lambda/..%2Fx.zip?token=1-2").status, 404U);
  now_ += std::chrono::minutes(11);
  EXPECT_EQ(fetch(good).status, 403U);
}

TEST_F(LambdaDownloadTest, SaysWhenThePackageIsGone) {
  create("hello");
  const std::string good = location();
  ASSERT_TRUE(artifacts_.retain_only({}));
  EXPECT_EQ(fetch(good).status, 404U);
}

}  // namespace
}  // namespace fescue::cloud
