// What the registry takes away ends the connections that relied on it.
#include "cloud/api/iot/iot_test_support.h"

namespace fescue::cloud {
namespace {

using namespace std::string_literals;

class Connections : public IotTest {
 protected:
  Connections() {
    arn_ = make_certificate('a', CertificateStatus::active);
    ask("POST", "/things/t");
    ask("PUT", "/things/t/principals", "", {{"x-amzn-principal", arn_}});
    connect("device", {std::string(64, 'a'), {ThingName("t")}});
    connect("other", {std::string(64, 'b'), {}});
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

TEST_F(Connections, EndWhenTheCertificateIsDetached) {
  ask("POST", "/things/t2");
  ask("DELETE", "/things/t2/principals", "", {{"x-amzn-principal", arn_}});
  EXPECT_EQ(connected(), "device other");
  ask("DELETE", "/things/t/principals", "", {{"x-amzn-principal", arn_}});
  EXPECT_EQ(connected(), "other");
}

}  // namespace
}  // namespace fescue::cloud
