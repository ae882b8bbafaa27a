// The request for an object, the URL of an endpoint, and what an answer says.
#include "cloud/packages/s3_packages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

using testing::HasSubstr;

TEST(S3Endpoint, IsASchemeAHostAndAPort) {
  const S3Endpoint named = parse_s3_endpoint("https://s3.example").value();
  EXPECT_TRUE(named.is_https);
  EXPECT_EQ(named.address, (HostPort{"s3.example", 443}));
  const S3Endpoint local = parse_s3_endpoint("http://127.0.0.1:9000/").value();
  EXPECT_FALSE(local.is_https);
  EXPECT_EQ(local.address, (HostPort{"127.0.0.1", 9000}));
  EXPECT_EQ(parse_s3_endpoint("http://[::1]").value().address, (HostPort{"::1", 80}));
  EXPECT_EQ(parse_s3_endpoint("http://[::1]:9000").value().address, (HostPort{"::1", 9000}));
  for (const char* url : {"", "s3.example", "ftp://x", "https://", "http://a:b", "http://a:0", "http://a/b",
                          "http://u@h", "http://a?x"}) {
    EXPECT_EQ(parse_s3_endpoint(url).error().code(), Code::invalid_argument) << url;
  }
}

TEST(GetObjectRequest, NamesTheObject) {
  S3Access access;
  access.endpoint = parse_s3_endpoint("http://127.0.0.1:9000").value();
  access.region = "us-east-1";
  const PackageLocation where{"bucket", "a b/\xc3\xa4.zip", "v 1"};
  const HttpRequest plain = get_object_request(access, where, {});
  EXPECT_EQ(plain.target, "/bucket/a%20b/%C3%A4.zip?versionId=v%201");
  EXPECT_EQ(plain.headers.get("Host"), "127.0.0.1:9000");
  EXPECT_FALSE(plain.headers.find("Authorization"));
  access.credentials = AwsCredentials{"AK", "secret"};
  const HttpRequest made = get_object_request(access, where, {});
  EXPECT_THAT(std::string(made.headers.get("Authorization")), HasSubstr("/us-east-1/s3/aws4_request"));
  EXPECT_TRUE(made.headers.find("x-amz-content-sha256"));
  EXPECT_EQ(get_object_request({parse_s3_endpoint("https://h").value(), {}, "", {}}, where, {}).headers.get("Host"),
            "h");
}

TEST(GetObjectRequest, IsSignedAsS3Signs) {
  // The example of GetObject in S3's guide on SigV4 has a Range header, which we have not; this one was made by
  // botocore.
  HttpRequest request{"GET", "/bucket/a%20b.zip", {}, ""};
  request.headers.add("Host", "127.0.0.1:9000");
  sign_sigv4(request, {"AK", "secret"}, "us-east-1", "s3", from_epoch_milliseconds(1795377242000));
  EXPECT_THAT(std::string(request.headers.get("Authorization")),
              HasSubstr("Signature=fe0c98f46d258d56f36e356744a570e7030e95bf68f9fabd7b641a558b45edb1"));
}

TEST(GetObjectRefusal, SpeaksInLambdasWords) {
  const HttpResponse missing = make_response(404, "application/xml",
                                             "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>The "
                                             "specified key does not exist.</Message></Error>");
  EXPECT_EQ(get_object_refusal(missing).message(),
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not "
            "exist.");
  EXPECT_THAT(get_object_refusal(make_response(404, "text/plain", "")).message(), HasSubstr("NoSuchKey"));
  EXPECT_THAT(get_object_refusal(make_response(301, "text/plain", "<Code>x")).message(), HasSubstr("answered 301"));
  EXPECT_THAT(get_object_refusal(make_response(403, "", "<Code>A\x1b[1m</Code>")).message(), HasSubstr("A\\x1b[1m"));
}

}  // namespace
}  // namespace fescue::cloud
