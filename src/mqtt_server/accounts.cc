// Accounts by name, and the bounds of each kind.
#include "mqtt_server/accounts.h"

#include <limits>

#include "base/assert.h"
#include "mqtt/text.h"

namespace fescue::mqtt_server {

namespace {

constexpr std::size_t kNoBound = std::numeric_limits<std::size_t>::max() / 2;
constexpr std::size_t kBytesOfFilter = 160, kBytesOfLevel = 176;  // measured: nodes, their maps, and what malloc adds

}  // namespace

std::size_t memory_of_filter(std::string_view filter) {
  return kBytesOfFilter + 2 * filter.size() + mqtt::count_levels(filter) * kBytesOfLevel;
}

Accounts::Accounts(const MqttServerLimits& limits)
    : max_connections_(limits.max_connections_of_certificate),
      owner_{kNoBound, kNoBound, std::make_shared<Pool>(kNoBound), nullptr},
      core_{limits.max_filter_memory_of_core, limits.max_output_of_certificate,
            std::make_shared<Pool>(limits.max_filter_memory_of_cores), std::make_shared<Pool>(kNoBound)},
      device_{limits.max_filter_memory_of_certificate, limits.max_output_of_certificate,
              std::make_shared<Pool>(limits.max_filter_memory), std::make_shared<Pool>(limits.max_output)} {}

const Accounts::Bounds& Accounts::bounds_of(ClientKind kind) const {
  return kind == ClientKind::owner ? owner_ : kind == ClientKind::core ? core_ : device_;
}

Account* Accounts::open(const Principal& principal, ClientKind kind) {
  const auto [found, is_new] = accounts_.try_emplace(principal.name, kind);
  Account& account = found->second;
  if (is_new) {
    const Bounds& bounds = bounds_of(kind);
    account.filters = std::make_shared<PooledShare>(bounds.filters_of_one, bounds.filters);
    if (bounds.output) account.output = std::make_shared<PooledShare>(bounds.output_of_one, bounds.output);
  }
  if (kind != ClientKind::owner && account.connections >= max_connections_) return nullptr;
  ++account.connections;
  return &account;
}

void Accounts::close(const Principal& principal) {
  const auto found = accounts_.find(principal.name);
  FESCUE_ASSERT(found != accounts_.end());
  if (--found->second.connections == 0) accounts_.erase(found);
}

void Accounts::change_kind(Account& account, ClientKind kind) const {
  if (account.kind == kind) return;
  account.kind = kind;
  const Bounds& bounds = bounds_of(kind);
  account.filters->move_to(bounds.filters_of_one, bounds.filters);
  if (account.output) account.output->move_to(bounds.output_of_one, bounds.output);
}

std::size_t Accounts::filter_bytes() const {
  return owner_.filters->held + core_.filters->held + device_.filters->held;
}

std::size_t Accounts::output_bytes() const { return core_.output->held + device_.output->held; }

}  // namespace fescue::mqtt_server
