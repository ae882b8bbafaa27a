// MQTT 3.1.1 load on a broker, plain TCP, closed loop, lossless. Prints one JSON object.
//   bench_mqtt_load PORT flood  QOS SUBSCRIBERS PAYLOAD WINDOW SECONDS   one publisher, pipelined
//   bench_mqtt_load PORT ping   TOPIC_OUT TOPIC_IN PAYLOAD_TEXT SECONDS  publish, wait for a message, again: latency
#include <poll.h>

#include <fmt/format.h>

#include "net.h"

namespace {

std::string with_length(char type, const std::string& rest) {
  std::string out(1, type);
  std::size_t length = rest.size();
  do {
    const auto digit = static_cast<unsigned char>(length % 128);
    length /= 128;
    out += static_cast<char>(length > 0 ? digit | 0x80 : digit);
  } while (length > 0);
  return out + rest;
}

std::string text(const std::string& value) {
  return {std::string(1, static_cast<char>(value.size() >> 8)) + static_cast<char>(value.size() & 0xff) + value};
}

class Client {
 public:
  Client(int port, const std::string& id) : fd_(bench::dial(fmt::format("127.0.0.1:{}", port))) {
    send(with_length(0x10, text("MQTT") + std::string("\x04\x02\x00\x00", 4) + text(id)));
    expect(0x20);
  }

  void subscribe(const std::string& topic, int qos) {
    send(with_length(static_cast<char>(0x82), std::string("\x00\x01", 2) + text(topic) + static_cast<char>(qos)));
    expect(0x90);
  }

  static std::string publish_packet(const std::string& topic, const std::string& payload, int qos) {
    const std::string id = qos > 0 ? std::string("\x00\x01", 2) : std::string();
    return with_length(static_cast<char>(0x30 | (qos << 1)), text(topic) + id + payload);
  }

  int fd() const { return fd_; }
  void send(const std::string& bytes) { bench::write_all(fd_, bytes.data(), bytes.size()); }

  /// Reads once what is there and counts packets by type; PUBLISHes of QoS 1 are acknowledged in one write.
  struct Counts {
    std::uint64_t publishes = 0, pubacks = 0;
  };
  Counts receive(bool wait) {
    char buffer[262144];
    const ssize_t size = ::recv(fd_, buffer, sizeof buffer, wait ? 0 : MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return {};
    if (size <= 0) std::fprintf(stderr, "the broker closed the connection\n"), std::exit(1);
    input_.append(buffer, static_cast<std::size_t>(size));
    return consume();
  }

 private:
  Counts consume() {
    Counts counts;
    std::string acks;
    std::size_t at = 0;
    for (;;) {
      std::size_t length = 0, shift = 0, head = 1;
      bool complete = false;
      for (; at + head < input_.size() && head < 5; ++head, shift += 7) {
        const auto byte = static_cast<unsigned char>(input_[at + head]);
        length |= static_cast<std::size_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
          ++head;
          complete = true;
          break;
        }
      }
      if (!complete || input_.size() - at < head + length) break;
      last_type_ = static_cast<unsigned char>(input_[at]) & 0xf0;
      if (last_type_ == 0x30) {
        ++counts.publishes;
        if ((static_cast<unsigned char>(input_[at]) & 0x06) != 0) {
          const std::size_t topic =
              static_cast<unsigned char>(input_[at + head]) * 256u + static_cast<unsigned char>(input_[at + head + 1]);
          acks += std::string("\x40\x02", 2) + input_.substr(at + head + 2 + topic, 2);
        }
      }
      if (last_type_ == 0x40) ++counts.pubacks;
      at += head + length;
    }
    input_.erase(0, at);
    if (!acks.empty()) send(acks);
    return counts;
  }

  void expect(int type) {
    last_type_ = 0;
    while (last_type_ != type) receive(true);
  }

  int fd_;
  int last_type_ = 0;
  std::string input_;
};

int flood(int port, char** argv) {
  const int qos = std::atoi(argv[0]), subscribers = std::atoi(argv[1]);
  const std::string payload(static_cast<std::size_t>(std::atoi(argv[2])), 'x');
  const auto window = static_cast<std::uint64_t>(std::atoi(argv[3]));
  std::vector<Client> readers;
  for (int i = 0; i < subscribers; ++i) {
    readers.emplace_back(port, fmt::format("reader{}", i));
    readers.back().subscribe("bench/topic", qos);
  }
  Client writer(port, "writer");
  const std::string packet = Client::publish_packet("bench/topic", payload, qos);
  std::string batch;
  for (std::uint64_t i = 0; i < window / 4; ++i) batch += packet;

  std::vector<pollfd> polls;
  for (Client& reader : readers) polls.push_back({reader.fd(), POLLIN, 0});
  polls.push_back({writer.fd(), POLLIN, 0});
  std::vector<std::uint64_t> got(readers.size(), 0);
  std::uint64_t sent = 0, acked = 0;
  const std::uint64_t start = bench::now_ns();
  const auto end = start + static_cast<std::uint64_t>(std::atof(argv[4]) * 1e9);
  for (bool sending = true;;) {
    sending = sending && bench::now_ns() < end;
    std::uint64_t done = *std::min_element(got.begin(), got.end());
    if (qos > 0) done = std::min(done, acked);
    if (!sending && done == sent) break;
    if (sending && sent - done <= window - window / 4) {
      writer.send(batch);
      sent += window / 4;
      continue;
    }
    if (::poll(polls.data(), polls.size(), 5000) == 0) return std::fprintf(stderr, "messages were lost\n"), 1;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      if (polls[i].revents != 0) got[i] += readers[i].receive(false).publishes;
    }
    if (polls.back().revents != 0) acked += writer.receive(false).pubacks;
  }
  const double seconds = static_cast<double>(bench::now_ns() - start) / 1e9;
  fmt::print("{{\"published\":{},\"seconds\":{:.3f},\"rate\":{:.0f}}}\n", sent, seconds,
             static_cast<double>(sent) / seconds);
  return 0;
}

int ping(int port, char** argv) {
  Client client(port, "pinger");
  client.subscribe(argv[1], 0);
  const std::string packet = Client::publish_packet(argv[0], argv[2], 0);
  std::vector<std::uint64_t> samples;
  const std::uint64_t warm = bench::now_ns() + 50'000'000;
  const auto end = warm + static_cast<std::uint64_t>(std::atof(argv[3]) * 1e9);
  for (std::uint64_t now = bench::now_ns(); now < end; now = bench::now_ns()) {
    client.send(packet);
    while (client.receive(true).publishes == 0) {
    }
    if (now >= warm) samples.push_back(bench::now_ns() - now);
  }
  fmt::print("{{\"count\":{},\"p50\":{:.1f},\"p90\":{:.1f},\"p99\":{:.1f}}}\n", samples.size(),
             bench::percentile(samples, 0.5), bench::percentile(samples, 0.9), bench::percentile(samples, 0.99));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[2] : "";
  if (mode == "flood" && argc == 8) return flood(std::atoi(argv[1]), argv + 3);
  if (mode == "ping" && argc == 7) return ping(std::atoi(argv[1]), argv + 3);
  return std::fprintf(stderr,
                      "usage: %s PORT flood QOS SUBSCRIBERS PAYLOAD WINDOW SECONDS\n"
                      "       %s PORT ping TOPIC_OUT TOPIC_IN PAYLOAD SECONDS\n",
                      argv[0], argv[0]),
         2;
}
