// CertificateRights: what one connection may do by the policies of its certificate. They are looked up when it says
// who it is (CONNECT), and again after renew(); until then nothing is asked of a store.
#pragma once

#include <memory>
#include <string>

#include "cloud/broker/policy_library.h"
#include "mqtt_server/access_rules.h"

namespace fescue::cloud {

class CertificateRights final : public PrincipalRights {
 public:
  /// `library` must outlive it. `address`: of the peer, "192.0.2.7:40312" or "[::1]:40312".
  CertificateRights(PolicyLibrary& library, CertificateId certificate, std::string_view address);

  bool allow(const AccessRequest& request) const override;
  std::string why_refused(const AccessRequest& request) const override;
  void renew() override { bound_.reset(); }

 private:
  const BoundPolicies& bound(std::string_view client_id) const;

  PolicyLibrary& library_;
  CertificateId certificate_;
  std::string address_;
  mutable std::shared_ptr<const BoundPolicies> bound_;
  mutable std::string trouble_;  // why nothing is allowed, if that is not for the policies
};

}  // namespace fescue::cloud
