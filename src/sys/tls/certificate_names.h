// What a certificate says about its subject and its issuer, by the names that AWS IoT's policy variables have for the
// parts: "Subject.CommonName", "Issuer.Country", "Subject.AlternativeName.DNSName", "SerialNumber".
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fescue {

using CertificateNames = std::vector<std::pair<std::string, std::string>>;

/// A name may come several times. Values are UTF-8; the serial number is in lower-case hexadecimal digits.
Result<CertificateNames> certificate_names(const std::string& pem);

}  // namespace fescue
