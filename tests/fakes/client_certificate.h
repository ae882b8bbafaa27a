// A client's certificate, signed by an authority of the test's.
#pragma once

#include <chrono>
#include <string>

#include "sys/tls/x509.h"

namespace fescue {

/// PEM, for a new key, valid for a day.
inline std::string client_certificate(const Authority& authority, const std::string& common_name) {
  return issue_certificate(authority, {.common_name = common_name,
                                       .public_key_pem = generate_ec_key().public_pem,
                                       .purpose = CertificatePurpose::client,
                                       .dns_names = {},
                                       .ip_addresses = {},
                                       .validity = std::chrono::hours(24)})
      .value();
}

}  // namespace fescue
