// The control plane's certificate authority on disk: made at the first start, used for ever. It signs the certificates
// of cores and devices, of the groups' signing keys, and of our own TLS listeners.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sys/tls/tls.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {

/// DIRECTORY/ca.pem and DIRECTORY/ca.key (0600), made if they are not there.
Result<Authority> load_or_make_authority(const std::string& directory);

/// A certificate for a TLS listener: `hosts` (names and addresses), localhost and both loopback addresses. A new one at
/// each start, its key never on the disk.
Result<TlsIdentity> make_server_identity(const Authority& authority, const std::vector<std::string>& hosts);

}  // namespace fescue::cloud
