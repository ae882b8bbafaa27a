// A deployment document as the control plane sends it, not yet verified.
#pragma once

#include <string>

namespace fescue {

struct SignedDocument {
  std::string json;             // as signed, byte for byte
  std::string signature;        // DER
  std::string certificate_pem;  // of the group's signing key
};

}  // namespace fescue
