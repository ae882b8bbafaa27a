// Newcomers: certificates of clients that neither our authority has signed nor, at first, the registry knows, as AWS
// IoT's just-in-time registration has it (docs/compatibility/api-iot.md#just-in-time-registration). In the handshake it
// answers who may go on; whoever then has shown that it has the key, and is signed by a registered authority that
// allows it, is put into the registry, PENDING_ACTIVATION, and told of on `$aws/events/certificates/registered/<CA>`.
// It may not connect before it is made ACTIVE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/log_throttle.h"
#include "base/metrics_text.h"
#include "cloud/broker/registration_budget.h"
#include "cloud/cloud_config.h"
#include "cloud/model/certificate_authority.h"
#include "mqtt_server/mqtt_server.h"
#include "sys/storage/sqlite.h"
#include "sys/tls/foreign_certificates.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {

/// Since the start, but for `pending`.
struct NewcomerCounts {
  std::uint64_t registered = 0, told_again = 0;
  std::uint64_t refused_size = 0, refused_pending = 0, refused_rate = 0, refused_key = 0;
  std::int64_t pending = 0;
};
void add_metrics(MetricsText& out, const NewcomerCounts& newcomers);

class Newcomers {
 public:
  /// All must outlive it.
  Newcomers(Database& database, MqttServer& broker, const CloudConfig& config, const RegistrationLimits& limits = {})
      : database_(database), broker_(broker), config_(config), budget_(limits) {}

  /// Of a certificate that our authority has not signed: known when it is in the registry, whatever its state.
  ForeignVerdict judge_registered(const ForeignCertificate& shown) const;
  /// The same; a newcomer when it may register itself.
  ForeignVerdict judge(const ForeignCertificate& shown) const;

  /// Registers the certificate of a newcomer, and tells of it.
  void enrol(const std::string& pem, WallTime now);
  /// Tells again of one that comes back before it was activated.
  void tell_again(const CertificateId& id, WallTime now);

  NewcomerCounts counts() const;

 private:
  Result<CertificateAuthority> signer_of(const std::string& issuer, const std::string& pem) const;
  Result<bool> is_registered(const CertificateId& id) const;
  Result<void> insert(const CertificateInfo& info, const std::string& pem, WallTime now);
  Result<void> take_place(const CertificateAuthority& authority, const CertificateInfo& info, std::size_t pem_bytes);
  Result<void> refuse(std::uint64_t& counter, std::string_view reason);
  void tell(const Certificate& certificate, WallTime now);
  void note(std::string_view id, const Error& why);

  Database& database_;
  MqttServer& broker_;
  const CloudConfig& config_;
  RegistrationBudget budget_;
  NewcomerCounts counts_;
  LogThrottle lines_;
};

}  // namespace fescue::cloud
