// Handshakes over real sockets between sides that do and do not trust each other.
#include "sys/tls/tls.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/http/http_client.h"
#include "sys/http/http_server.h"
#include "sys/net/connect.h"
#include "sys/net/listener.h"
#include "sys/tls/x509.h"

namespace fescue {
namespace {

using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;

/// One authority, a server and a client that it signed, and a client of somebody else.
struct Pki {
  Pki() {
    authority = *make_authority("tls test CA", std::chrono::hours(24));
    stranger = *make_authority("stranger's CA", std::chrono::hours(24));
    server = identity(authority, "server", CertificatePurpose::server);
    client = identity(authority, "thing-1", CertificatePurpose::client);
    strangers = identity(stranger, "thing-1", CertificatePurpose::client);
    strangers_server = identity(stranger, "server", CertificatePurpose::server);
    expired = identity(authority, "late", CertificatePurpose::client, std::chrono::hours(-1));
    strangers_ca = stranger.certificate_pem;
  }

  static TlsIdentity identity(const Authority& signer, const std::string& name, CertificatePurpose purpose,
                              std::chrono::hours validity = std::chrono::hours(24)) {
    const auto keys = generate_ec_key();
    CertificateRequest request;
    request.common_name = name;
    request.public_key_pem = keys.public_pem;
    request.purpose = purpose;
    request.validity = validity;
    request.dns_names = {"localhost"};
    request.ip_addresses = {"127.0.0.1"};
    return {*issue_certificate(signer, request), keys.private_pem};
  }

  Authority authority, stranger;
  TlsIdentity server, client, strangers, strangers_server, expired;
  std::string strangers_ca;
};

const Pki& pki() {
  static const Pki made;
  return made;
}

enum class ClientCertificates { demanded, not_asked_for };

struct TlsTest : testing::Test {
  TlsTest() : server_tasks(io), tasks(io) {}

  void listen(ClientCertificates wanted = ClientCertificates::demanded, ForeignJudge judge = {}) {
    auto context = make_tls_server(
        pki().server, wanted == ClientCertificates::demanded ? pki().authority.certificate_pem : "", std::move(judge));
    ASSERT_TRUE(context) << context.error().message();
    listen(*context);
  }
  void listen(const std::shared_ptr<TlsContext>& context) {
    auto acceptor = listen_tcp(io, "127.0.0.1", 0, "--test");
    ASSERT_TRUE(acceptor);
    port = acceptor->local_endpoint().port();
    accept_tls(
        server_tasks, std::move(*acceptor), context, [this](StreamPtr stream) { serve(std::move(stream)); },
        [this](const Peer& peer, const Error& why) { refused.push_back(peer.address + " " + why.message()); });
  }

  void serve(StreamPtr stream) {
    peers.push_back(stream->peer());
    serve_http(server_tasks, std::move(stream), std::make_shared<HttpServerOptions>(),
               std::make_shared<HttpHandler>([this](HttpExchangePtr exchange) { handle(std::move(exchange)); }));
  }

  virtual void handle(HttpExchangePtr exchange) { exchange->respond({200, {}, exchange->request().body}); }

  /// The status and body of one request, or the error; the client's TLS is of `identity`, its trust `ca`.
  Result<HttpResponse> ask(std::string host, const TlsIdentity& identity, const std::string& ca, std::string body = "");

  asio::io_context io{1};
  TaskGroup server_tasks, tasks;
  std::uint16_t port = 0;
  std::vector<Peer> peers;
  std::vector<std::string> refused;  // handshakes
  Result<HttpResponse> answer = Error(Code::internal, "nothing happened");
  StreamPtr client;
};

Task<Result<HttpResponse>> connect_and_ask(TlsTest* test, std::string host, std::shared_ptr<TlsContext> tls,
                                           std::string body) {
  FESCUE_CO_TRY(stream, co_await connect_tls(host, test->port, tls, seconds(10)));
  test->client = std::move(stream);
  HttpRequest request{"POST", "/", {}, std::move(body)};
  co_return co_await http_exchange(*test->client, std::move(request));
}

Task<void> run(Task<Result<HttpResponse>> asking, TlsTest* test) {
  test->answer = co_await std::move(asking);
  test->io.stop();
}

Result<HttpResponse> TlsTest::ask(std::string host, const TlsIdentity& identity, const std::string& ca,
                                  std::string body) {
  auto context = make_tls_client(identity, ca);
  if (!context) return context.error();
  tasks.spawn("client", run(connect_and_ask(this, std::move(host), *context, std::move(body)), this));
  io.restart();
  io.run();
  return answer;
}

TEST_F(TlsTest, BothSidesProveWhoTheyAre) {
  listen();
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto got = ask(host, pki().client, pki().authority.certificate_pem, "hello");
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->body, "hello");
  }
  ASSERT_EQ(peers.size(), 2u);
  EXPECT_EQ(peers[0].certificate_sha256, inspect_certificate(pki().client.certificate_chain_pem)->sha256);
  EXPECT_EQ(peers[0].certificate_subject, "thing-1");
  EXPECT_EQ(peers[0].uid, ::getuid());
  EXPECT_EQ(client->peer().certificate_subject, "server");
}

TEST_F(TlsTest, AnyCertificateIsTakenWithItsKey) {
  auto context = make_tls_server_for_any_certificate(pki().server);
  ASSERT_TRUE(context) << context.error().message();
  listen(*context);
  const std::string& ca = pki().authority.certificate_pem;
  ASSERT_TRUE(ask("localhost", pki().strangers, ca));
  ASSERT_TRUE(ask("localhost", pki().expired, ca));
  EXPECT_EQ(peers.at(0).certificate_sha256, inspect_certificate(pki().strangers.certificate_chain_pem)->sha256);
  EXPECT_EQ(peers.at(1).certificate_sha256, inspect_certificate(pki().expired.certificate_chain_pem)->sha256);
  EXPECT_FALSE(ask("localhost", {}, ca)) << "without a certificate";
  EXPECT_EQ(peers.size(), 2U);
}

TEST_F(TlsTest, AContextTakesTheOthersPlaceWhileItAccepts) {
  std::shared_ptr<TlsContext> current;
  auto listeners = listen_on(io, "127.0.0.1", 0, "--test");
  ASSERT_TRUE(listeners);
  port = listeners->port;
  accept_tls(
      server_tasks, std::move(*listeners), [&] { return current; },
      [this](StreamPtr stream) { serve(std::move(stream)); },
      [this](const Peer&, const Error& why) { refused.push_back(why.message()); });
  EXPECT_FALSE(ask("localhost", pki().client, pki().authority.certificate_pem));
  EXPECT_THAT(refused, testing::ElementsAre(HasSubstr("no server certificate")));
  current = *make_tls_server_for_any_certificate(pki().server);
  EXPECT_TRUE(ask("localhost", pki().client, pki().authority.certificate_pem));
  const StreamPtr kept = std::move(client);
  current = *make_tls_server_for_any_certificate(pki().strangers_server);
  EXPECT_FALSE(ask("localhost", pki().client, pki().authority.certificate_pem));
  EXPECT_TRUE(ask("localhost", pki().client, pki().strangers_ca));
}

TEST_F(TlsTest, ACrowdThatSaysNothingKeepsNobodyOut) {
  listen();
  std::vector<tcp::socket> crowd;
  const tcp::endpoint server(asio::ip::make_address("127.0.0.1"), port);
  for (int i = 0; i < 300; ++i) crowd.emplace_back(io).connect(server);
  const auto began = std::chrono::steady_clock::now();
  const auto got = ask("localhost", pki().client, pki().authority.certificate_pem, "hello");
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(9)) << "sooner than the crowd's own deadline";
  EXPECT_THAT(refused, testing::Contains(HasSubstr("gave way to others")));
}

TEST_F(TlsTest, CarriesLargeBodies) {
  listen();
  const auto got = ask("localhost", pki().client, pki().authority.certificate_pem, std::string(3'000'000, 'x'));
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->body.size(), 3'000'000u);
}

TEST_F(TlsTest, RefusesAClientWithoutACertificate) {
  listen();
  EXPECT_FALSE(ask("localhost", {}, pki().authority.certificate_pem));
  EXPECT_TRUE(peers.empty());
}

TEST_F(TlsTest, RefusesAClientOfAnotherAuthority) {
  listen();
  EXPECT_FALSE(ask("localhost", pki().strangers, pki().authority.certificate_pem));
  EXPECT_TRUE(peers.empty());
}

/// Gives `verdict` about the certificate of `identity`, and refuses all others.
ForeignJudge judge_of(const TlsIdentity& identity, ForeignVerdict verdict) {
  return [id = inspect_certificate(identity.certificate_chain_pem)->sha256, verdict](const ForeignCertificate& shown) {
    return shown.sha256 == id ? verdict : ForeignVerdict::refused;
  };
}

TEST_F(TlsTest, AForeignCertificateThatIsKnownIsTakenAndNoOther) {
  listen(ClientCertificates::demanded, judge_of(pki().strangers, ForeignVerdict::known));
  const std::string& ca = pki().authority.certificate_pem;
  ASSERT_TRUE(ask("localhost", pki().strangers, ca));
  EXPECT_EQ(peers.at(0).certificate_sha256, inspect_certificate(pki().strangers.certificate_chain_pem)->sha256);
  EXPECT_EQ(peers.at(0).certificate_pem, "") << "no newcomer";
  EXPECT_TRUE(ask("localhost", pki().client, ca)) << "what the authority signed is taken as before";

  const TlsIdentity same_name = Pki::identity(pki().stranger, "thing-1", CertificatePurpose::client);
  EXPECT_FALSE(ask("localhost", same_name, ca));
  EXPECT_FALSE(
      ask("localhost", {pki().strangers.certificate_chain_pem + pki().strangers_ca, same_name.private_key_pem}, ca))
      << "another key";
  EXPECT_FALSE(ask("localhost", {}, ca)) << "no certificate at all";
  EXPECT_EQ(peers.size(), 2U);
  EXPECT_THAT(refused, testing::Contains(HasSubstr("unable to get local issuer certificate")));
}

TEST_F(TlsTest, AKnownCertificateIsRefusedWhenItHasExpired) {
  const TlsIdentity late = Pki::identity(pki().stranger, "thing-1", CertificatePurpose::client, std::chrono::hours(-1));
  listen(ClientCertificates::demanded, judge_of(late, ForeignVerdict::known));
  EXPECT_FALSE(ask("localhost", late, pki().authority.certificate_pem));
  EXPECT_THAT(refused, testing::ElementsAre(HasSubstr("certificate has expired")));
}

TEST_F(TlsTest, ANewcomersCertificateIsHandedOn) {
  listen(ClientCertificates::demanded, judge_of(pki().strangers, ForeignVerdict::newcomer));
  ASSERT_TRUE(ask("localhost", pki().strangers, pki().authority.certificate_pem));
  EXPECT_EQ(peers.at(0).certificate_pem, pki().strangers.certificate_chain_pem);
}

TEST_F(TlsTest, AsksForNoCertificateWithoutAuthorities) {
  listen(ClientCertificates::not_asked_for);
  const auto got = ask("localhost", {}, pki().authority.certificate_pem, "hello");
  ASSERT_TRUE(got) << got.error().message();
  ASSERT_EQ(peers.size(), 1u);
  EXPECT_EQ(peers[0].certificate_sha256, "");
}

TEST_F(TlsTest, AClientRefusesAServerOfAnotherAuthority) {
  listen();
  const auto got = ask("localhost", pki().client, pki().strangers_ca);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), Code::unauthenticated);
  EXPECT_TRUE(peers.empty());
}

TEST_F(TlsTest, AClientRefusesAServerOfAnotherName) {
  auto context = make_tls_server(pki().server, pki().authority.certificate_pem);
  auto acceptor = listen_tcp(io, "::", 0, "--test");
  ASSERT_TRUE(acceptor);
  port = acceptor->local_endpoint().port();
  accept_tls(server_tasks, std::move(*acceptor), *context, [this](StreamPtr stream) { serve(std::move(stream)); });
  EXPECT_TRUE(ask("127.0.0.1", pki().client, pki().authority.certificate_pem));
  const auto other_address = ask("127.0.0.2", pki().client, pki().authority.certificate_pem);
  ASSERT_FALSE(other_address);
  EXPECT_EQ(other_address.error().code(), Code::unauthenticated);
  EXPECT_THAT(other_address.error().message(), HasSubstr("mismatch"));
}

TEST_F(TlsTest, BrokenIdentitiesAreErrors) {
  const auto& good = pki().server;
  const auto& ca = pki().authority.certificate_pem;
  EXPECT_FALSE(make_tls_server({}, ca));
  EXPECT_FALSE(make_tls_server({good.certificate_chain_pem, "no key"}, ca));
  EXPECT_FALSE(make_tls_server({"no certificate", good.private_key_pem}, ca));
  EXPECT_FALSE(make_tls_server({good.certificate_chain_pem, pki().client.private_key_pem}, ca));
  EXPECT_FALSE(make_tls_server(good, "no certificate"));
  EXPECT_FALSE(make_tls_client(pki().client, ""));
}

Task<void> send_plain_text(TlsTest* test, std::string* input) {
  auto stream = co_await connect_tcp("127.0.0.1", test->port, seconds(10));
  co_await (*stream)->write_all(asio::buffer("GET / HTTP/1.1\r\n\r\n", 18));
  char bytes[512];
  for (;;) {
    const auto [error, got] = co_await (*stream)->read_some(asio::buffer(bytes));
    if (error) break;
    input->append(bytes, got);
  }
  test->io.stop();
}

TEST_F(TlsTest, PlainTextIsRefusedAndOthersAreStillServed) {
  listen();
  std::string input;
  tasks.spawn("plain", send_plain_text(this, &input));
  io.run();
  EXPECT_TRUE(peers.empty());
  EXPECT_THAT(input, testing::StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(input, HasSubstr("Content-Length: 62\r\n"));
  EXPECT_THAT(input, EndsWith("\r\n\r\nThis port speaks TLS: plain HTTP is not served, use https://.\n"));
  EXPECT_THAT(refused, testing::ElementsAre(testing::StartsWith("127.0.0.1:")));
  EXPECT_TRUE(ask("localhost", pki().client, pki().authority.certificate_pem));
}

/// Keeps each exchange until the test answers it.
struct TlsLongPollTest : TlsTest {
  void handle(HttpExchangePtr exchange) override {
    kept.push_back(std::move(exchange));
    io.stop();
  }
  std::vector<HttpExchangePtr> kept;
};

TEST_F(TlsLongPollTest, AnswersLaterAndGoesOn) {
  listen();
  for (int round = 0; round < 3; ++round) {
    auto context = make_tls_client(pki().client, pki().authority.certificate_pem);
    if (round == 0) {
      tasks.spawn("client", run(connect_and_ask(this, "localhost", *context, "x"), this));
    } else {
      tasks.spawn("client", run(http_exchange(*client, {"GET", "/work", {}, ""}), this));
    }
    io.restart();
    io.run();
    ASSERT_EQ(kept.size(), static_cast<std::size_t>(round) + 1);
    kept.back()->respond({200, {}, std::string(100'000, 'w')});
    io.restart();
    io.run();
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(answer->body.size(), 100'000u);
  }
}

TEST_F(TlsLongPollTest, LearnsThatThePeerHasGone) {
  listen();
  auto context = make_tls_client(pki().client, pki().authority.certificate_pem);
  tasks.spawn("client", run(connect_and_ask(this, "localhost", *context, "x"), this));
  io.run();
  ASSERT_EQ(kept.size(), 1u);
  int abandoned = 0;
  kept[0]->on_abandoned([&] {
    ++abandoned;
    io.stop();
  });
  client->close();
  for (int turns = 0; abandoned == 0 && turns < 3; ++turns) {
    io.restart();
    io.run();
  }
  EXPECT_EQ(abandoned, 1);
}

}  // namespace
}  // namespace fescue
