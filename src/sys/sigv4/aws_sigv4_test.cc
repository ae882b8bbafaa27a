// AWS's published vectors, requests of botocore, and every change to one of them.
#include "sys/sigv4/aws_sigv4.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace fescue {
namespace {

constexpr std::string_view kAccessKey = "AKIDEXAMPLE";
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr long long kSuiteTime = 1440938160000;  // 20150830T123600Z
constexpr long long kOurTime = 1795377242000;    // 20261122T195402Z

std::optional<std::string> secret_of(std::string_view access_key) {
  if (access_key != kAccessKey) return std::nullopt;
  return std::string(kSecret);
}

struct SignatureVector {
  std::string_view name, method, target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body, scope, signed_headers, signature;
};

HttpRequest request_of(const SignatureVector& vector) {
  HttpRequest request{std::string(vector.method), std::string(vector.target), {}, std::string(vector.body)};
  for (const auto& [name, value] : vector.headers) request.headers.add(name, value);
  request.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + std::string(vector.scope) +
                                           "/aws4_request, SignedHeaders=" + std::string(vector.signed_headers) +
                                           ", Signature=" + std::string(vector.signature));
  return request;
}

std::optional<SigV4Failure> verify_at(const HttpRequest& request, long long now_ms, std::string region) {
  return verify_sigv4(request, {secret_of, std::move(region), from_epoch_milliseconds(now_ms)});
}

/// For whatever region it is signed.
std::string verdict(const HttpRequest& request, long long now_ms) {
  const auto scope = parse_sigv4_scope(request);
  const auto failure = verify_at(request, now_ms, scope ? scope->region : "");
  return failure ? failure->message : "authentic";
}

const std::pair<std::string, std::string> kSuiteHost{"Host", "example.amazonaws.com"};
const std::pair<std::string, std::string> kSuiteDate{"X-Amz-Date", "20150830T123600Z"};
const std::pair<std::string, std::string> kOurHost{"Host", "127.0.0.1:8181"};
const std::pair<std::string, std::string> kOurDate{"X-Amz-Date", "20261122T195402Z"};

/// AWS's published test suite.
const SignatureVector kSuite[] = {
    {"get-vanilla",
     "GET",
     "/",
     {kSuiteHost, kSuiteDate},
     "",
     "20150830/us-east-1/service",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order",
     "GET",
     "/?Param2=value2&Param1=value1",
     {kSuiteHost, kSuiteDate},
     "",
     "20150830/us-east-1/service",
     "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"post-x-www-form-urlencoded",
     "POST",
     "/",
     {{"Content-Type", "application/x-www-form-urlencoded"}, kSuiteHost, kSuiteDate},
     "Param1=value1",
     "20150830/us-east-1/service",
     "content-type;host;x-amz-date",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
};

/// Made by botocore 1.43 for the paths and headers of the services served here.
const SignatureVector kBotocore[] = {
    {"ARN in path",
     "GET",
     "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A123456789012%3Afunction%3Ahello?Qualifier=%24LATEST",
     {kOurHost, kOurDate},
     "",
     "20261122/us-west-2/lambda",
     "host;x-amz-date",
     "11b50f7be2f22065abf211fb3a2aedf8a3c06684c726e0fefaced28d487b5e92"},
    {"unescaped dollar, inner blanks",
     "POST",
     "/greengrass/groups/g-1/deployments/$reset",
     {kOurHost, {"Content-Type", "application/json"}, {"X-Amzn-Client-Token", "t  1"}, kOurDate},
     "{\"Force\": true}",
     "20261122/us-west-2/greengrass",
     "content-type;host;x-amz-date;x-amzn-client-token",
     "f6bf9bc03c84089395458ec463087065fa9a8747d71d8aac33f60cfa78e7aeb6"},
    {"old scope of iot",
     "PUT",
     "/things/MyCore/principals",
     {kOurHost, {"x-amzn-principal", "arn:aws:iot:us-west-2:123456789012:cert/abc"}, kOurDate},
     "",
     "20261122/eu-central-1/execute-api",
     "host;x-amz-date;x-amzn-principal",
     "89cd8bdf2456875771107ea95cbf882357678d05a62ab23708dacc28cc008f9e"},
    {"repeated and escaped query",
     "DELETE",
     "/tags/arn%3Aaws%3Agreengrass%3Aus-west-2%3A123456789012%3A%2Fgreengrass%2Fgroups%2Fg-1"
     "?tagKeys=b&tagKeys=a&tagKeys=%2F%2B%3D%20",
     {kOurHost, kOurDate},
     "",
     "20261122/us-west-2/greengrass",
     "host;x-amz-date",
     "075e8c20b65fac798182fb9835e789e0affdca53a72323670906a901ef2a9bca"},
    {"dots and doubled slashes",
     "GET",
     "/things/./lamp//shadow/../shadow/",
     {kOurHost, kOurDate},
     "",
     "20261122/us-west-2/iotdata",
     "host;x-amz-date",
     "cd269c9f1f316facdcb0ac7c93f40cdc11dc4aa884002887e499b2036f5abcc9"},
    {"nothing but dots",
     "GET",
     "/../a/..",
     {kOurHost, kOurDate},
     "",
     "20261122/us-west-2/iotdata",
     "host;x-amz-date",
     "b80ad9e6836e640af200c3b1f186f3d6f63636c79e4119936c45957899a2117e"},
    {"escaped slashes around dots",
     "GET",
     "/a%2F..%2Fb/c",
     {kOurHost, kOurDate},
     "",
     "20261122/us-west-2/iotdata",
     "host;x-amz-date",
     "fc2d34d26e640adf455a53cb94a5576760da5677eca1ea857026900d9cab1d73"},
    {"form body",
     "POST",
     "/",
     {kOurHost, {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}, kOurDate},
     "Action=GetCallerIdentity&Version=2011-06-15",
     "20261122/us-west-2/sts",
     "content-type;host;x-amz-date",
     "ce2de875271f5bbd28aca0ce3e95a7dd846a676a06224b5f52d0c7b2fe569f42"},
};

TEST(SigV4, AcceptsThePublishedVectors) {
  for (const SignatureVector& vector : kSuite)
    EXPECT_EQ(verdict(request_of(vector), kSuiteTime), "authentic") << vector.name;
}

TEST(SigV4, AcceptsWhatBotocoreSigns) {
  for (const SignatureVector& vector : kBotocore)
    EXPECT_EQ(verdict(request_of(vector), kOurTime), "authentic") << vector.name;
}

TEST(SigV4, RefusesAnyChange) {
  for (const SignatureVector& vector : kBotocore) {
    HttpRequest other = request_of(vector);
    other.method = "PATCH";
    EXPECT_NE(verdict(other, kOurTime), "authentic") << vector.name;
    other = request_of(vector);
    other.target.insert(other.target.find('?') == std::string::npos ? other.target.size() : other.target.find('?'),
                        "x");
    EXPECT_NE(verdict(other, kOurTime), "authentic") << vector.name;
    other = request_of(vector);
    other.body += "x";
    EXPECT_NE(verdict(other, kOurTime), "authentic") << vector.name;
  }
}

class SignedRequest : public testing::Test {
 protected:
  SignedRequest() : request_{"POST", "/things/a%2Fb?x=1", {}, "body"} { request_.headers.add("Host", "h:1"); }

  void sign(std::string_view secret = kSecret, std::string_view access_key = kAccessKey) {
    sign_sigv4(request_, {std::string(access_key), std::string(secret)}, "us-west-2", "iot",
               from_epoch_milliseconds(kOurTime));
  }
  SigV4Fault fault(long long now_ms = kOurTime) const {
    const auto failure = verify_at(request_, now_ms, "us-west-2");
    if (failure) return failure->fault;
    ADD_FAILURE() << "authentic";
    return SigV4Fault::missing;
  }

  HttpRequest request_;
};

TEST_F(SignedRequest, VerifiesAndTellsItsScope) {
  request_.headers.add("X-Amzn-Principal", "p");
  sign();
  EXPECT_EQ(verdict(request_, kOurTime), "authentic");
  const auto scope = parse_sigv4_scope(request_);
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->access_key, kAccessKey);
  EXPECT_EQ(scope->service, "iot");
  EXPECT_EQ(scope->region, "us-west-2");
  EXPECT_EQ(scope->signed_headers, "host;x-amz-content-sha256;x-amz-date;x-amzn-principal");
}

TEST_F(SignedRequest, FaultsAreTold) {
  EXPECT_EQ(fault(), SigV4Fault::missing);
  sign("another secret");
  EXPECT_EQ(fault(), SigV4Fault::wrong_signature);
}

TEST_F(SignedRequest, UnknownKey) {
  sign(kSecret, "NOBODY");
  EXPECT_EQ(fault(), SigV4Fault::unknown_key);
}

TEST_F(SignedRequest, FiveMinutesOfSkewAndNoMore) {
  sign();
  EXPECT_EQ(verdict(request_, kOurTime + 300'000), "authentic");
  EXPECT_EQ(verdict(request_, kOurTime - 300'000), "authentic");
  EXPECT_EQ(fault(kOurTime + 301'000), SigV4Fault::expired);
  EXPECT_EQ(fault(kOurTime - 301'000), SigV4Fault::expired);
}

TEST_F(SignedRequest, BodyMustFitTheStatedHash) {
  sign();
  request_.body = "other";
  EXPECT_EQ(fault(), SigV4Fault::wrong_signature);
}

TEST_F(SignedRequest, AnXAmzHeaderAddedOnTheWayIsRefused) {
  sign();
  request_.headers.add("X-Amz-Target", "secretsmanager.DeleteSecret");
  EXPECT_EQ(fault(), SigV4Fault::incomplete);
}

TEST_F(SignedRequest, SoIsAnXAmznHeader) {
  sign();
  request_.headers.add("X-Amzn-Trace-Id", "Root=1");
  EXPECT_EQ(verdict(request_, kOurTime), "authentic") << "proxies add it";
  request_.headers.add("X-Amzn-Client-Token", "t");
  EXPECT_EQ(fault(), SigV4Fault::incomplete);
}

TEST_F(SignedRequest, IsForTheRegionThatItNames) {
  sign();
  const auto failure = verify_at(request_, kOurTime, "eu-west-1");
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->fault, SigV4Fault::wrong_signature);
  EXPECT_EQ(failure->message,
            "Credential should be scoped to a valid region, not 'us-west-2'; the region here is eu-west-1.");
}

TEST_F(SignedRequest, ServicesOfOneRegionAreSignedForThatOne) {
  for (const std::string service : {"sts", "iam", "iot"}) {
    HttpRequest request{"POST", "/", {}, "body"};
    request.headers.add("Host", "h:1");
    sign_sigv4(request, {std::string(kAccessKey), std::string(kSecret)}, "us-east-1", service,
               from_epoch_milliseconds(kOurTime));
    EXPECT_EQ(verify_at(request, kOurTime, "us-west-2").has_value(), service == "iot") << service;
  }
}

TEST_F(SignedRequest, ASecondAuthorizationIsRefused) {
  sign();
  request_.headers.add("authorization", std::string(request_.headers.get("Authorization")));
  EXPECT_EQ(fault(), SigV4Fault::incomplete);
}

TEST_F(SignedRequest, ItsHeadIsCheckedBeforeItsBodyHasCome) {
  sign("another secret");
  request_.headers.add("Content-Length", "4");
  request_.body.clear();
  const auto check = [&](std::string region, long long now_ms) {
    return check_sigv4_head(request_, {secret_of, std::move(region), from_epoch_milliseconds(now_ms)});
  };
  EXPECT_FALSE(check("us-west-2", kOurTime)) << "the signature is checked with the body";
  EXPECT_EQ(check("us-east-1", kOurTime)->fault, SigV4Fault::wrong_signature);
  EXPECT_EQ(check("us-west-2", kOurTime + 301'000)->fault, SigV4Fault::expired);
  request_.headers.add("Authorization", "x");
  EXPECT_EQ(check("us-west-2", kOurTime)->fault, SigV4Fault::incomplete);
}

TEST_F(SignedRequest, ASecondValueOfASignedHeaderIsRefused) {
  request_.headers.add("X-Amzn-Principal", "p");
  sign();
  request_.headers.add("X-Amzn-Principal", "q");
  EXPECT_EQ(fault(), SigV4Fault::wrong_signature);
}

TEST(SigV4, MalformedHeadersAreIncomplete) {
  const std::string good =
      "Credential=AKIDEXAMPLE/20261122/r/s/aws4_request, SignedHeaders=host;x-amz-date, Signature=0";
  const std::string headers[] = {
      "",
      "Basic abc",
      "AWS4-HMAC-SHA256",
      "AWS4-ECDSA-P256-SHA256 " + good,
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/r/aws4_request, SignedHeaders=host, Signature=0",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122//s/aws4_request, SignedHeaders=host, Signature=0",
      "AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date, Signature=0",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/r/s/aws4_request, Signature=0",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/r/s/aws4_request, SignedHeaders=host;x-amz-date",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/r/s/aws4_request, SignedHeaders=x-amz-date, Signature=0",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/r/s/aws4_request, SignedHeaders=host, Signature=0",
      "AWS4-HMAC-SHA256 " + good + ", Extra=1",
      "AWS4-HMAC-SHA256 " + good + ", Signature=1",
      "AWS4-HMAC-SHA256 " + good + ", SignedHeaders=host",
      "AWS4-HMAC-SHA256 " + good + ", Credential=AKIDEXAMPLE/20261122/r/s/aws4_request",
      "AWS4-HMAC-SHA256 ,,,",
  };
  for (const std::string& header : headers) {
    HttpRequest request{"GET", "/", {}, ""};
    request.headers.add("Host", "h");
    request.headers.add("X-Amz-Date", "20261122T195402Z");
    request.headers.add("Authorization", header);
    const auto failure = verify_at(request, kOurTime, "r");
    ASSERT_TRUE(failure) << header;
    EXPECT_EQ(failure->fault, SigV4Fault::incomplete) << header;
  }
}

TEST(SigV4, DatesAreCheckedAgainstScopeAndSense) {
  const auto fault_of = [](std::string date) {
    HttpRequest request{"GET", "/", {}, ""};
    request.headers.add("Host", "h");
    request.headers.add("X-Amz-Date", std::move(date));
    request.headers.add("Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/r/s/aws4_request, "
                        "SignedHeaders=host;x-amz-date, Signature=0");
    return verify_at(request, kOurTime, "r")->fault;
  };
  EXPECT_EQ(fault_of("yesterday"), SigV4Fault::incomplete);
  EXPECT_EQ(fault_of("20261322T195402Z"), SigV4Fault::incomplete);
  EXPECT_EQ(fault_of(""), SigV4Fault::incomplete);
  EXPECT_EQ(fault_of("20261121T235959Z"), SigV4Fault::expired);
  EXPECT_EQ(fault_of("99991231T235959Z"), SigV4Fault::expired);
  EXPECT_EQ(fault_of("00010101T000000Z"), SigV4Fault::expired);
  EXPECT_EQ(fault_of("20261122T195402Z"), SigV4Fault::wrong_signature);
}

TEST(SigV4, PayloadStatements) {
  const auto verdict_of = [](std::string stated, std::string body = "body") {
    HttpRequest request{"GET", "/", {}, std::move(body)};
    request.headers.add("Host", "h");
    request.headers.add("X-Amz-Content-Sha256", std::move(stated));
    sign_sigv4(request, {std::string(kAccessKey), std::string(kSecret)}, "r", "s", from_epoch_milliseconds(kOurTime));
    // The first statement counts; both were signed.
    return verify_at(request, kOurTime, "r");
  };
  EXPECT_FALSE(verdict_of("UNSIGNED-PAYLOAD", ""));
  EXPECT_EQ(verdict_of("UNSIGNED-PAYLOAD")->fault, SigV4Fault::wrong_signature);
  EXPECT_EQ(verdict_of("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")->fault, SigV4Fault::incomplete);
  EXPECT_EQ(verdict_of(std::string(64, '0'))->fault, SigV4Fault::wrong_signature);
}

}  // namespace
}  // namespace fescue
