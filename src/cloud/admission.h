// Who may connect to the MQTT endpoint: on the plain listener the owner and root, on the TLS listener whoever
// holds a registered, active certificate.
#pragma once

#include "cloud/broker/newcomers.h"
#include "cloud/broker/policy_library.h"
#include "cloud/model/certificate.h"
#include "mqtt_server/access_rules.h"
#include "sys/net/owners.h"
#include "sys/net/stream.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

/// Functions share the host's loopback, so the address says nothing; the kernel says whose socket it is.
Admission admit_owner(const Peer& peer, Owners& owners);

/// What a TLS peer's certificate stands for.
struct CertificateHolder {
  CertificateId certificate;
  std::vector<ThingName> things;
};
/// Error: permission_denied when the certificate is not registered, not active or not valid at this time (a TLS session
/// that goes on has not been asked again).
Result<CertificateHolder> find_holder(Database& database, const Peer& peer);

/// With the rights that the certificate's policies give. `policies` must outlive the connection. A newcomer is put into
/// the registry, and refused.
Admission admit_by_certificate(Database& database, PolicyLibrary& policies, Newcomers& newcomers, const Peer& peer);

}  // namespace fescue::cloud
