// A control plane's keys for tests: a CA and the signing key of one group.
#pragma once

#include <string>

#include "deploy/core_api.h"
#include "model/group_json.h"
#include "sys/tls/x509.h"

namespace fescue {

class TestSigner {
 public:
  explicit TestSigner(const std::string& common_name = "fescue group group-1",
                      CertificatePurpose purpose = CertificatePurpose::code_signing)
      : TestSigner(make_authority("test CA", std::chrono::hours(1)).value(), common_name, purpose) {}
  TestSigner(Authority authority, const std::string& common_name, CertificatePurpose purpose)
      : authority_(std::move(authority)) {
    CertificateRequest request;
    request.common_name = common_name;
    request.public_key_pem = key_.public_pem;
    request.purpose = purpose;
    certificate_ = issue_certificate(authority_, request).value();
  }

  const Authority& authority() const { return authority_; }
  const std::string& ca() const { return authority_.certificate_pem; }

  SignedDocument sign(std::string json) const {
    std::string signature = sign_bytes(key_.private_pem, json).value();
    return {std::move(json), std::move(signature), certificate_};
  }
  SignedDocument sign(const DeploymentDocument& document) const { return sign(to_json(document)); }

 private:
  Authority authority_;
  KeyPair key_ = generate_ec_key();
  std::string certificate_;
};

/// One for all tests of a program: making keys takes time.
inline const TestSigner& signer() {
  static const TestSigner instance;
  return instance;
}

}  // namespace fescue
