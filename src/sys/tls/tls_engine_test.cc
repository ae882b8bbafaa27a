// Two engines that talk through strings.
#include "sys/tls/tls_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/tls/tls.h"
#include "sys/tls/x509.h"

namespace fescue {
namespace {

using Step = TlsEngine::Step;

/// Made once: the authority's key takes its time.
struct Contexts {
  Contexts() {
    const Authority authority = *make_authority("engine test CA", std::chrono::hours(24));
    const auto keys = generate_ec_key();
    CertificateRequest request;
    request.common_name = "server";
    request.public_key_pem = keys.public_pem;
    request.purpose = CertificatePurpose::server;
    request.dns_names = {"localhost"};
    const TlsIdentity identity{*issue_certificate(authority, request), keys.private_pem};
    server_context = *make_tls_server(identity, "");
    client_context = *make_tls_client({}, authority.certificate_pem);
    request.common_name = "device";
    request.purpose = CertificatePurpose::client;
    asking_server_context = *make_tls_server(identity, authority.certificate_pem);
    known_client_context =
        *make_tls_client({*issue_certificate(authority, request), keys.private_pem}, authority.certificate_pem);
  }
  std::shared_ptr<TlsContext> server_context, client_context;
  std::shared_ptr<TlsContext> asking_server_context, known_client_context;  // for a client certificate
};

const Contexts& contexts() {
  static const Contexts made;
  return made;
}

struct TlsEngineTest : testing::Test {
  TlsEngineTest() { start(*contexts().server_context, *contexts().client_context); }
  void start(TlsContext& of_server, TlsContext& of_client) {
    server.emplace(static_cast<SSL_CTX*>(of_server.native()), TlsEngine::Side::server);
    client.emplace(static_cast<SSL_CTX*>(of_client.native()), TlsEngine::Side::client);
  }

  /// At most `most` bytes of what one has to say get to the other.
  static std::size_t carry(TlsEngine& from, TlsEngine& to, std::size_t most = 1'000'000) {
    std::size_t carried = 0;
    while (!from.output().empty() && carried < most) {
      const std::span<char> space = to.space();
      const std::size_t count = std::min({space.size(), from.output().size(), most - carried});
      if (count == 0) break;
      std::ranges::copy(from.output().substr(0, count), space.begin());
      to.filled(count);
      from.sent(count);
      carried += count;
    }
    return carried;
  }

  void handshake() {
    for (int i = 0; i < 10; ++i) {
      const Step step = client->handshake();
      carry(*client, *server);
      const Step other = server->handshake();
      carry(*server, *client);
      if (step == Step::done && other == Step::done) return;
    }
    FAIL() << "the handshake does not end";
  }

  /// Everything that can be read now.
  static std::string read(TlsEngine& engine, Step& last) {
    std::string all;
    char bytes[20'000];
    for (std::size_t got = 0; (last = engine.read(bytes, got)) == Step::done;) all.append(bytes, got);
    return all;
  }

  std::optional<TlsEngine> server, client;
  Step last = Step::done;
};

TEST_F(TlsEngineTest, CarriesBytesBothWays) {
  handshake();
  ASSERT_EQ(client->write("question"), Step::done);
  ASSERT_EQ(client->write(" and more"), Step::done);
  carry(*client, *server);
  EXPECT_EQ(read(*server, last), "question and more");
  EXPECT_EQ(last, Step::wants_input);
  ASSERT_EQ(server->write("answer"), Step::done);
  carry(*server, *client);
  EXPECT_EQ(read(*client, last), "answer");
}

TEST_F(TlsEngineTest, WhatOnlyTheHandshakeNeededIsForgotten) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    start(*contexts().asking_server_context, *contexts().known_client_context);
    ASSERT_EQ(SSL_set_max_proto_version(client->ssl(), version), 1);
    handshake();
    ASSERT_EQ(SSL_version(server->ssl()), version);
    ASSERT_NE(SSL_get0_peer_certificate(server->ssl()), nullptr);
    server->forget_handshake();
    client->forget_handshake();
    EXPECT_EQ(SSL_get0_peer_certificate(server->ssl()), nullptr);
    EXPECT_EQ(sk_X509_num(SSL_get0_verified_chain(server->ssl())), 0);
    for (const char* said : {"one", "two"}) {
      ASSERT_EQ(client->write(said), Step::done);
      if (version == TLS1_3_VERSION) SSL_key_update(client->ssl(), SSL_KEY_UPDATE_REQUESTED);
      carry(*client, *server);
      EXPECT_EQ(read(*server, last), said);
      ASSERT_EQ(server->write(said), Step::done);
      carry(*server, *client);
      EXPECT_EQ(read(*client, last), said);
      EXPECT_EQ(last, Step::wants_input);
    }
  }
}

TEST_F(TlsEngineTest, WhatIsNotReadYetIsKeptFromTheNextEngine) {
  handshake();
  ASSERT_EQ(client->write("first"), Step::done);
  ASSERT_EQ(client->write("second"), Step::done);
  carry(*client, *server);
  char bytes[6];
  std::size_t got = 0;
  ASSERT_EQ(server->read(bytes, got), Step::done);
  std::string all(bytes, got);
  std::ranges::fill(client->space(), 'x');
  EXPECT_TRUE(server->has_input());
  all += read(*server, last);
  EXPECT_EQ(all, "firstsecond");
  EXPECT_FALSE(server->has_input());
}

TEST_F(TlsEngineTest, OneReadTakesSeveralRecords) {
  handshake();
  ASSERT_EQ(client->write("one"), Step::done);
  ASSERT_EQ(client->write("two"), Step::done);
  carry(*client, *server);
  char bytes[100];
  std::size_t got = 0;
  EXPECT_EQ(server->read(bytes, got), Step::done);
  EXPECT_EQ(std::string_view(bytes, got), "onetwo");
}

TEST_F(TlsEngineTest, ManyBytesArriveInAnyPieces) {
  handshake();
  const std::string sent(200'000, 'x');
  ASSERT_EQ(client->write(sent), Step::done);
  std::string got;
  for (std::size_t piece = 1; got.size() < sent.size(); piece = piece * 3 % 16'381 + 1) {
    ASSERT_GT(carry(*client, *server, piece), 0u);
    got += read(*server, last);
    ASSERT_EQ(last, Step::wants_input);
  }
  EXPECT_EQ(got, sent);
}

TEST_F(TlsEngineTest, TheEndOfTheWireIsTheEndAndStaysSo) {
  handshake();
  ASSERT_EQ(client->write("last words"), Step::done);
  carry(*client, *server);
  server->end();
  EXPECT_EQ(read(*server, last), "last words");
  EXPECT_EQ(last, Step::ended);
  EXPECT_EQ(read(*server, last), "");
  EXPECT_EQ(last, Step::ended);
}

TEST_F(TlsEngineTest, ChangedBytesAreAnError) {
  handshake();
  ASSERT_EQ(client->write("hello"), Step::done);
  std::string wire(client->output());
  wire.back() = static_cast<char>(wire.back() ^ 1);
  std::ranges::copy(wire, server->space().begin());
  server->filled(wire.size());
  EXPECT_EQ(read(*server, last), "");
  EXPECT_EQ(last, Step::failed);
  EXPECT_FALSE(server->error().message().empty());
}

TEST_F(TlsEngineTest, PlainTextIsNoHandshake) {
  const std::string_view text = "GET / HTTP/1.1\r\n\r\n";
  std::ranges::copy(text, server->space().begin());
  server->filled(text.size());
  EXPECT_EQ(server->handshake(), Step::failed);
  EXPECT_THAT(server->error().message(), testing::HasSubstr("http request"));
}

}  // namespace
}  // namespace fescue
