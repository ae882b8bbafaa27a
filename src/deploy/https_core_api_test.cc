// The HTTPS requests against a server in the same process, certificates included.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/core_api.h"
#include "deploy/deploy_test_support.h"
#include "deploy/signing_test_support.h"
#include "sys/http/http_server.h"
#include "sys/loop/task_group.h"
#include "sys/net/listener.h"
#include "tests/fakes/run_until.h"

namespace fescue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TlsIdentity issue(const Authority& authority, const std::string& name, CertificatePurpose purpose) {
  const KeyPair key = generate_ec_key();
  CertificateRequest request;
  request.common_name = name;
  request.public_key_pem = key.public_pem;
  request.purpose = purpose;
  request.ip_addresses = {"127.0.0.1"};
  return {issue_certificate(authority, request).value(), key.private_pem};
}

class HttpsCoreApiTest : public testing::Test {
 protected:
  HttpsCoreApiTest() {
    const TlsIdentity server = issue(signer().authority(), "server", CertificatePurpose::server);
    const TlsIdentity core = issue(signer().authority(), "core", CertificatePurpose::client);
    auto acceptor = listen_tcp(io_, "127.0.0.1", 0, "--test").value();
    const std::uint16_t port = acceptor.local_endpoint().port();
    auto options = std::make_shared<const HttpServerOptions>();
    auto handler = std::make_shared<const HttpHandler>([this](HttpExchangePtr exchange) { answer(*exchange); });
    accept_tls(tasks_, std::move(acceptor), make_tls_server(server, signer().ca()).value(),
               [this, options, handler](StreamPtr stream) {
                 ++connections_;
                 serve_http(tasks_, std::move(stream), options, handler);
               });
    api_ = make_https_core_api({"127.0.0.1", port}, make_tls_client(core, signer().ca()).value());
  }
  ~HttpsCoreApiTest() override {
    api_.reset();
    tasks_.stop();
    io_.restart();
    io_.run();
  }

  void answer(HttpExchange& exchange) {
    requests_.push_back(exchange.request().target + " " + std::string(exchange.request().headers.get("Range")));
    EXPECT_EQ(exchange.peer().certificate_subject, "core");
    exchange.respond(respond_ ? respond_(exchange.request()) : response_);
  }
  template <class T>
  Result<T> run(Task<Result<T>> task) {
    return run_task(io_, std::move(task));
  }
  void set_document(const SignedDocument& document) {
    response_.headers.add("Fescue-Signature", base64_encode(document.signature));
    response_.headers.add("Fescue-Signing-Certificate", base64_encode(document.certificate_pem));
    response_.body = document.json;
  }

  asio::io_context io_{1};
  TaskGroup tasks_{io_};
  std::unique_ptr<CoreApi> api_;
  HttpResponse response_;
  std::function<HttpResponse(const HttpRequest&)> respond_;
  std::vector<std::string> requests_;
  int connections_ = 0;
};

TEST_F(HttpsCoreApiTest, FetchesADocumentWithItsSignature) {
  const SignedDocument sent = signer().sign(make_document("d 1", {}));
  set_document(sent);
  const auto got = run(api_->document(DeploymentId("d 1")));
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->json, sent.json);
  EXPECT_EQ(got->signature, sent.signature);
  EXPECT_EQ(got->certificate_pem, sent.certificate_pem);
  EXPECT_THAT(requests_, ElementsAre("/core/v1/deployments/d%201 "));
}

TEST_F(HttpsCoreApiTest, ADocumentWithoutItsSignatureIsRefused) {
  EXPECT_THAT(run(api_->document(DeploymentId("d"))).error().message(), HasSubstr("Fescue-Signature"));
  response_.headers.add("Fescue-Signature", "not base64");
  EXPECT_FALSE(run(api_->document(DeploymentId("d"))));
}

TEST_F(HttpsCoreApiTest, FetchesPartsOfAnArtifactOnOneConnection) {
  const std::string content = "0123456789";
  respond_ = [&](const HttpRequest& request) {
    HttpResponse response;
    response.status = 206;
    const bool first = request.headers.get("Range") == "bytes=0-3";
    response.headers.add("Content-Range", first ? "bytes 0-3/10" : "bytes 8-9/10");
    response.body = first ? content.substr(0, 4) : content.substr(8);
    return response;
  };
  const auto first = run(api_->artifact(ArtifactHash("abc"), 0, 4));
  EXPECT_EQ(first.value().bytes, "0123");
  EXPECT_EQ(first.value().total, 10u);
  EXPECT_EQ(run(api_->artifact(ArtifactHash("abc"), 8, 4)).value().bytes, "89");
  EXPECT_THAT(requests_, ElementsAre("/core/v1/artifacts/abc bytes=0-3", "/core/v1/artifacts/abc bytes=8-11"));
  EXPECT_EQ(connections_, 1);
}

TEST_F(HttpsCoreApiTest, AnotherRangeThanAskedForIsRefused) {
  response_.status = 206;
  response_.body = "x";
  for (const char* range : {"", "bytes 1-1/10", "bytes 0-0/*", "bytes 0-0/", "bytes 0-0", "0-0/10", "bytes 0-0/9x"}) {
    response_.headers = {};
    response_.headers.add("Content-Range", range);
    EXPECT_FALSE(run(api_->artifact(ArtifactHash("abc"), 0, 4))) << range;
  }
}

TEST_F(HttpsCoreApiTest, RefusalsSayWhetherAnotherTryMayHelp) {
  const std::pair<unsigned, Code> expected[] = {{404, Code::not_found},   {403, Code::permission_denied},
                                                {503, Code::unavailable}, {429, Code::unavailable},
                                                {418, Code::internal},    {200, Code::internal}};
  response_.body = "because";
  for (const auto& [status, code] : expected) {
    response_.status = status;
    const auto piece = run(api_->artifact(ArtifactHash("abc"), 0, 100));
    ASSERT_FALSE(piece);
    EXPECT_EQ(piece.error().code(), code) << status;
    EXPECT_THAT(piece.error().message(), HasSubstr("because"));
  }
}

TEST_F(HttpsCoreApiTest, MoreThanAskedForIsTooLarge) {
  response_.status = 206;
  response_.body = std::string(100, 'x');
  EXPECT_EQ(run(api_->artifact(ArtifactHash("abc"), 0, 10)).error().code(), Code::too_large);
}

TEST_F(HttpsCoreApiTest, AConnectionThatTheServerClosedIsMadeAgain) {
  set_document(signer().sign(make_document("d", {})));
  response_.headers.add("Connection", "close");
  EXPECT_TRUE(run(api_->document(DeploymentId("d"))));
  EXPECT_TRUE(run(api_->document(DeploymentId("d"))));
  EXPECT_EQ(connections_, 2);
}

TEST_F(HttpsCoreApiTest, AServerThatIsNotThereIsUnavailable) {
  auto acceptor = listen_tcp(io_, "127.0.0.1", 0, "--test").value();
  const std::uint16_t port = acceptor.local_endpoint().port();
  acceptor.close();
  const auto nobody = make_https_core_api({"127.0.0.1", port}, make_tls_client({}, signer().ca()).value());
  EXPECT_EQ(run(nobody->document(DeploymentId("d"))).error().code(), Code::unavailable);
}

}  // namespace
}  // namespace fescue
