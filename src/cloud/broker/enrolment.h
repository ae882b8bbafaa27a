// A certificate as it comes into the registry: new, INACTIVE, of no authority that is known, until its maker says more.
#pragma once

#include <string>

#include "cloud/model/certificate.h"
#include "sys/tls/x509.h"

namespace fescue::cloud {

/// As AWS demands it: RSA of 2048 bits and more, ECC of 256 and more.
bool has_strong_key(const CertificateInfo& info);

Certificate new_certificate(const CertificateInfo& info, std::string pem, WallTime now);

}  // namespace fescue::cloud
