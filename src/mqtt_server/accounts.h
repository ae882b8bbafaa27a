// Accounts: what the connections of one principal take together. A certificate has as many connections as it likes
// within a bound; what each may take is multiplied by them, so their filters and the output that waits are also bounded
// for the certificate, and for all certificates of a kind. The owner's connections are bounded one by one alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "mqtt_io/pooled_share.h"
#include "mqtt_server/access_rules.h"
#include "mqtt_server/mqtt_server.h"

namespace fescue::mqtt_server {

struct Account {
  explicit Account(ClientKind whose) : kind(whose) {}

  ClientKind kind;
  std::size_t connections = 0;
  std::shared_ptr<PooledShare> filters, output;  // connections may outlive their clients; the owner's have no `output`
};

/// What a filter takes in the tree of routes and with its client, about: each level is a node of its own, at worst.
std::size_t memory_of_filter(std::string_view filter);

class Accounts {
 public:
  explicit Accounts(const MqttServerLimits& limits);

  /// For one more connection. Null: the principal has as many as it may.
  Account* open(const Principal& principal, ClientKind kind);
  void close(const Principal& principal);
  /// Its principal has become a core, or is none any more.
  void change_kind(Account& account, ClientKind kind) const;

  /// Of everybody's filters; of what waits for certificates.
  std::size_t filter_bytes() const;
  std::size_t output_bytes() const;

 private:
  struct Bounds {
    std::size_t filters_of_one, output_of_one;
    std::shared_ptr<Pool> filters, output;
  };
  const Bounds& bounds_of(ClientKind kind) const;

  std::size_t max_connections_;
  Bounds owner_, core_, device_;
  std::unordered_map<std::string, Account> accounts_;  // by the principal's name
};

}  // namespace fescue::mqtt_server
