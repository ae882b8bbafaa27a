// What cores with and without rights get by HTTPS.
#include "cloud/deployments/core_endpoint.h"

#include <gmock/gmock.h>

#include "cloud/deployments/rollout_test_support.h"
#include "model/group_json.h"
#include "tests/fakes/run_until.h"
#include "tests/fakes/whole_body.h"

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

class CoreEndpointTest : public RolloutTestBase {
 protected:
  CoreEndpointTest() {
    other_arn_ = add_core("other");
    deployment_ = deploy(group_, usual_version());
  }

  HttpResponse get(const std::string& target, const std::string& range = "") {
    return get_as(certificate_arn_, target, range);
  }
  HttpResponse get_as(const std::string& certificate_arn, const std::string& target, const std::string& range = "",
                      const std::string& method = "GET") {
    Peer peer;
    peer.certificate_sha256 = certificate_arn.substr(certificate_arn.rfind('/') + 1);
    HttpRequest request{method, target, {}, ""};
    if (!range.empty()) request.headers.add("Range", range);
    return run_task(io_, with_whole_body(run_task(io_, endpoint_.answer(std::move(request), peer)))).value();
  }
  HeadVerdict judge(const std::string& certificate_arn, const std::string& target) {
    Peer peer;
    peer.certificate_sha256 = certificate_arn.substr(certificate_arn.rfind('/') + 1);
    return endpoint_.judge({"POST", target, {}, ""}, peer);
  }
  std::string document_path() const { return "/core/v1/deployments/" + deployment_; }
  std::string package() const { return *base64_decode(zip("one")); }
  std::string package_path() const { return "/core/v1/artifacts/" + hex_encode(as_view(sha256(package()))); }

  std::string other_arn_, deployment_, invocation_;
  CoreEndpoint endpoint_{{database_, artifacts_, invocations_, pool_, tasks_, rejections_}};
};

TEST_F(CoreEndpointTest, GivesTheSignedDocument) {
  const HttpResponse response = get(document_path());
  ASSERT_EQ(response.status, 200U) << response.body;
  const std::string signature = *base64_decode(response.headers.get("Fescue-Signature"));
  const std::string certificate = *base64_decode(response.headers.get("Fescue-Signing-Certificate"));
  EXPECT_TRUE(verify_signature(certificate, response.body, signature));
  EXPECT_EQ(inspect_certificate(certificate)->common_name, "fescue group " + group_);
  EXPECT_EQ(parse_deployment_document(response.body)->deployment.str(), deployment_);
}

TEST_F(CoreEndpointTest, GivesThePackageWholeAndInParts) {
  const std::string all = package();
  const HttpResponse whole = get(package_path());
  EXPECT_EQ(whole.status, 200U);
  EXPECT_EQ(whole.body, all);
  const HttpResponse part = get(package_path(), "bytes=10-19");
  EXPECT_EQ(part.status, 206U);
  EXPECT_EQ(part.body, all.substr(10, 10));
  EXPECT_EQ(part.headers.get("Content-Range"), fmt::format("bytes 10-19/{}", all.size()));
  const HttpResponse rest = get(package_path(), "bytes=10-");
  EXPECT_EQ(rest.body, all.substr(10));
  const HttpResponse beyond = get(package_path(), fmt::format("bytes=10-{}", all.size() + 100));
  EXPECT_EQ(beyond.body, all.substr(10));
  EXPECT_EQ(get(package_path(), "bytes=0-18446744073709551615").body, all);
  const HttpResponse after = get(package_path(), fmt::format("bytes={}-", all.size()));
  EXPECT_EQ(after.status, 416U);
  EXPECT_EQ(after.headers.get("Content-Range"), fmt::format("bytes */{}", all.size()));
  EXPECT_EQ(get(package_path(), "bytes=5-4").status, 200U);  // not understood: ignored
}

TEST_F(CoreEndpointTest, OtherCoresGetNothing) {
  EXPECT_EQ(get_as(other_arn_, document_path()).status, 404U);
  EXPECT_EQ(get_as(other_arn_, package_path()).status, 404U);
}

TEST_F(CoreEndpointTest, OnlyRegisteredActiveCertificates) {
  EXPECT_EQ(get_as("cert/" + std::string(64, '0'), document_path()).status, 403U);
  EXPECT_EQ(get_as("", document_path()).status, 403U);
  const std::string id = certificate_arn_.substr(certificate_arn_.rfind('/') + 1);
  ASSERT_EQ(iot("PUT", "/certificates/" + id + "?newStatus=INACTIVE").status, 200U);
  EXPECT_EQ(get(document_path()).status, 403U);
}

TEST_F(CoreEndpointTest, ADetachedCertificateGetsNothing) {
  ASSERT_EQ(iot("DELETE", "/things/core/principals", {{"x-amzn-principal", certificate_arn_}}).status, 200U);
  EXPECT_EQ(get(document_path()).status, 404U);
  EXPECT_EQ(get(package_path()).status, 404U);
}

TEST_F(CoreEndpointTest, OnlyPackagesOfKeptDocuments) {
  const ArtifactHash stray = artifacts_.put("stray").value();
  EXPECT_EQ(get("/core/v1/artifacts/" + stray.str()).status, 404U);
  EXPECT_EQ(get("/core/v1/artifacts/..%2F..%2Ffescue.db").status, 404U);
  EXPECT_EQ(get("/core/v1/deployments/none").status, 404U);
  report(deployment_, DeploymentStatus::failure, "no");
  EXPECT_EQ(get(package_path()).status, 404U);
  EXPECT_THAT(get(document_path()).body, HasSubstr("any more"));
}

TEST_F(CoreEndpointTest, WhatIsInEffectStaysThere) {
  report(deployment_, DeploymentStatus::success);
  EXPECT_EQ(get(document_path()).status, 200U);
  EXPECT_EQ(get(package_path()).status, 200U);
}

TEST_F(CoreEndpointTest, OfAPackageLittleIsInMemory) {
  Peer peer;
  peer.certificate_sha256 = certificate_arn_.substr(certificate_arn_.rfind('/') + 1);
  const HttpResponse response = run_task(io_, endpoint_.answer({"GET", package_path(), {}, ""}, peer));
  ASSERT_TRUE(response.source);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(response.source->size(), package().size());
}

TEST_F(CoreEndpointTest, ABodyIsReadOfACoreThatTookAnInvocation) {
  const auto heard = broker_.subscribe(
      *TopicFilter::parse(invocation_notify_topic(ThingName("core"))), [this](const LocalMessage& message) {
        invocation_ = parse_invocation_notice(message.payload.view()).value().invocation.str();
      });
  asio::co_spawn(io_, invocations_.invoke(ThingName("core"), {"POST", "/function", {}, "in"}), asio::detached);
  run_until([this] { return !invocation_.empty(); });
  const std::string path = "/core/v1/invocations/" + invocation_;
  EXPECT_EQ(judge(certificate_arn_, path).refusal->status, 404U) << "it has not been taken";
  ASSERT_EQ(get(path).status, 200U);
  EXPECT_EQ(judge(other_arn_, path).refusal->status, 404U);
  EXPECT_EQ(judge("cert/" + std::string(64, '0'), path).refusal->status, 403U);
  EXPECT_EQ(judge(certificate_arn_, "/core/v1/invocations/none").refusal->status, 404U);
  EXPECT_EQ(judge(certificate_arn_, "/core/v1/deployments/" + deployment_).refusal->status, 404U);
  {
    const HeadVerdict verdict = judge(certificate_arn_, path);
    EXPECT_FALSE(verdict.refusal);
    EXPECT_EQ(verdict.max_body_bytes, kMaxCoreRequestBytes);
    EXPECT_EQ(judge(certificate_arn_, path).refusal->status, 503U) << "one at a time";
  }
  EXPECT_FALSE(judge(certificate_arn_, path).refusal) << "the first one has been given up";
  EXPECT_TRUE(invocations_.answer({ThingName("core")}, InvocationId(invocation_), HttpResponse{}));
}

TEST_F(CoreEndpointTest, UnknownPathsAndMethods) {
  EXPECT_THAT(get("/core/v2/deployments/" + deployment_).body, HasSubstr("/core/v1"));
  for (const char* path :
       {"/", "/core/v1", "/core/v1/deployments", "/core/v1/other/x", "/core/v1/deployments/x/y", "/%zz"}) {
    EXPECT_EQ(get(path).status, 404U) << path;
  }
  EXPECT_EQ(get_as(certificate_arn_, document_path(), "", "POST").status, 405U);
}

TEST(ByteRangeTest, UnderstandsOneRange) {
  EXPECT_EQ(parse_byte_range("bytes=0-0")->last, 0U);
  EXPECT_EQ(parse_byte_range("bytes=7-")->first, 7U);
  EXPECT_FALSE(parse_byte_range("bytes=7-")->last);
  for (const char* other : {"", "bytes=", "bytes=-5", "bytes=1", "bytes=1-2,4-5", "bytes=2-1", "items=0-1", "bytes=a-b",
                            "bytes=0-18446744073709551616"}) {
    EXPECT_FALSE(parse_byte_range(other)) << other;
  }
}

}  // namespace
}  // namespace fescue::cloud
