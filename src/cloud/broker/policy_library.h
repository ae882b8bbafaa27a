// PolicyLibrary: from a client's certificate to what its policies allow it: the policies attached to the certificate,
// in their default versions, with what is known about the client (docs/compatibility/policies.md#variables).
//
// Documents are read once. Policies that ask nothing about a client are bound once for all clients that have them.
// Things and certificates are looked up only for policies that ask about them. It remembers what does not change
// (a version of a policy), so nobody has to tell it anything.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloud/cloud_config.h"
#include "cloud/model/certificate.h"
#include "cloud/policy/bound_policies.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

/// What is known about a client; an absent member has no value in policies.
struct PolicyClient {
  std::optional<CertificateId> certificate;
  std::optional<std::string> client_id;
  std::string address;  // without port
};

class PolicyLibrary {
 public:
  /// Both must outlive it.
  PolicyLibrary(Database& database, const CloudConfig& config) : database_(database), config_(config) {}

  /// Error: permission_denied when the certificate is not registered or not active.
  Result<std::shared_ptr<const BoundPolicies>> bind(const PolicyClient& client);

  // The parts of that, for the API.
  Result<std::vector<NamedPolicy>> attached_to(const CertificateId& certificate);
  Result<NamedPolicy> load(const Policy& policy);
  Result<PolicyContext> context_of(const PolicyClient& client, const PolicyKeys& keys);

  /// "arn:aws:iot:REGION:ACCOUNT:topic/a/b"; `*` where there is no kind.
  std::string arn_of(IotAction action, std::string_view resource) const;

 private:
  using Version = std::pair<std::string, std::int64_t>;  // a policy's generation, and the number of its version
  Result<std::vector<Policy>> policies_of(const CertificateId& certificate) const;
  Result<std::vector<NamedPolicy>> load_all(const std::vector<Policy>& policies);
  Result<void> check_active(const CertificateId& certificate) const;
  Result<void> add_thing(PolicyContext& context, const PolicyClient& client) const;
  Result<void> add_names(PolicyContext& context, const CertificateId& certificate) const;

  Database& database_;
  const CloudConfig& config_;
  std::map<Version, std::shared_ptr<const PolicyDocument>> documents_;
  std::map<std::vector<Version>, std::shared_ptr<const BoundPolicies>> for_everybody_;
};

/// All that some policies ask about a client.
PolicyKeys keys_of(const std::vector<NamedPolicy>& policies);

}  // namespace fescue::cloud
