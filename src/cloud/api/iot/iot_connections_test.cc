// What the registry takes away ends the connections that relied on it.
#include "cloud/api/iot/iot_test_support.h"
#include "cloud/broker/certificate_rights.h"

namespace fescue::cloud {
namespace {

using namespace std::string_literals;

class Connections : public IotTest {
 protected:
  Connections() {
    arn_ = make_certificate('a', CertificateStatus::active);
    ask("POST", "/things/t");
    ask("PUT", "/things/t/principals", "", {{"x-amzn-principal", arn_}});
    make_policy("p", "Allow");
    ask("PUT", "/target-policies/p", target());
    connect("device", with_rights(std::string(64, 'a'), {ThingName("t")}));
    connect("other", {std::string(64, 'b'), {}});
  }

  static std::string document_with(std::string_view effect) {
    const std::string text = R"({"Version":"2012-10-17","Statement":[{"Effect":")" + std::string(effect) +
                             R"(","Action":"iot:*","Resource":"*"}]})";
    return json::serialize(json::object{{"policyDocument", text}});
  }
  void make_policy(const std::string& name, std::string_view effect) {
    ask("POST", "/policies/" + name, document_with(effect));
  }
  std::string target() const { return json::serialize(json::object{{"target", arn_}}); }
  Principal with_rights(const std::string& certificate, std::vector<ThingName> things) {
    return {.name = certificate,
            .things = std::move(things),
            .rights = std::make_shared<CertificateRights>(policies_, CertificateId(certificate), "192.0.2.7:1")};
  }

  void connect(const std::string& client_id, const Principal& principal) {
    unix_socket::socket ours(io_), theirs(io_);
    asio::local::connect_pair(ours, theirs);
    broker_.serve(make_stream(std::move(ours)), Admission::accept(principal));
    const std::string name = "\0"s + static_cast<char>(client_id.size()) + client_id;
    const std::string rest = "\0\4MQTT\4\2\0\x3c"s + name;
    asio::write(theirs, asio::buffer("\x10"s + static_cast<char>(rest.size()) + rest));
    clients_.push_back(std::move(theirs));
    io_.restart();
    while (!broker_.is_connected(client_id)) io_.run_one();
  }

  /// Who is connected: "device other".
  std::string connected() {
    do {
      io_.restart();
    } while (io_.poll() > 0);
    std::string names;
    for (const std::string name : {"device", "other"}) {
      if (broker_.is_connected(name)) names += (names.empty() ? "" : " ") + name;
    }
    return names;
  }

  std::string arn_;
  std::vector<unix_socket::socket> clients_;
};

TEST_F(Connections, EndWhenTheCertificateIsNoLongerActive) {
  EXPECT_EQ(connected(), "device other");
  EXPECT_EQ(verdict("PUT", certificate_path('a') + "?newStatus=ACTIVE"), "200");
  EXPECT_EQ(connected(), "device other");
  EXPECT_EQ(verdict("PUT", certificate_path('a') + "?newStatus=INACTIVE"), "200");
  EXPECT_EQ(connected(), "other");
}

TEST_F(Connections, EndWhenAPolicyIsDetached) {
  EXPECT_EQ(verdict("POST", "/target-policies/p", target()), "200");
  EXPECT_EQ(connected(), "other");
}

TEST_F(Connections, EndWhenADenyIsAttached) {
  make_policy("no", "Deny");
  EXPECT_EQ(connected(), "device other");
  EXPECT_EQ(verdict("PUT", "/target-policies/no", target()), "200");
  EXPECT_EQ(connected(), "other");
}

TEST_F(Connections, EndWhenThePolicyHasANewDefault) {
  EXPECT_EQ(verdict("POST", "/policies/p/version", document_with("Deny")), "200");
  EXPECT_EQ(connected(), "device other");
  EXPECT_EQ(verdict("PATCH", "/policies/p/version/2"), "200");
  EXPECT_EQ(connected(), "other");
}

TEST_F(Connections, EndWhenTheNewVersionIsTheDefault) {
  EXPECT_EQ(verdict("POST", "/policies/p/version?setAsDefault=true", document_with("Deny")), "200");
  EXPECT_EQ(connected(), "other");
}

TEST_F(Connections, EndWhenTheThingIsNotWhatAPolicyWants) {
  const std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iot:Connect","Resource":"*",
      "Condition":{"StringEquals":{"iot:Connection.Thing.Attributes[state]":"sold"}}}]})";
  ask("POST", "/policies/sold", json::serialize(json::object{{"policyDocument", text}}));
  ask("PUT", "/target-policies/sold", target());
  connect("t", with_rights(std::string(64, 'a'), {ThingName("t")}));
  ask("PATCH", "/things/t", R"({"attributePayload":{"attributes":{"state":"sold"}}})");
  connected();
  EXPECT_FALSE(broker_.is_connected("t"));
  EXPECT_TRUE(broker_.is_connected("device")) << "it is not called as the thing is";
}

TEST_F(Connections, EndWhenTheCertificateIsDetached) {
  ask("POST", "/things/t2");
  ask("DELETE", "/things/t2/principals", "", {{"x-amzn-principal", arn_}});
  EXPECT_EQ(connected(), "device other");
  ask("DELETE", "/things/t/principals", "", {{"x-amzn-principal", arn_}});
  EXPECT_EQ(connected(), "other");
}

}  // namespace
}  // namespace fescue::cloud
