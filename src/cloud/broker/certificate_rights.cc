// Requests of an MQTT client as actions of IoT policies.
#include "cloud/broker/certificate_rights.h"

#include "base/log.h"

namespace fescue::cloud {

namespace {

IotAction to_iot_action(Action action) {
  switch (action) {
    case Action::connect:
      return IotAction::connect;
    case Action::publish:
      return IotAction::publish;
    case Action::retain:
      return IotAction::retain_publish;
    case Action::subscribe:
      return IotAction::subscribe;
    case Action::receive:
      break;
  }
  return IotAction::receive;
}

std::string without_port(std::string_view address) {
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

}  // namespace

CertificateRights::CertificateRights(PolicyLibrary& library, CertificateId certificate, std::string_view address)
    : library_(library), certificate_(std::move(certificate)), address_(without_port(address)) {}

const BoundPolicies& CertificateRights::bound(std::string_view client_id) const {
  if (bound_) return *bound_;
  trouble_.clear();
  auto bound = library_.bind({certificate_, std::string(client_id), address_});
  if (!bound) {
    trouble_ = bound.error().message();
    if (bound.error().code() != Code::permission_denied) {
      log::error("The policies of a certificate cannot be looked up; nothing is allowed.",
                 {{"certificateId", certificate_.view()}, {"error", trouble_}});
    }
  }
  bound_ = bound ? std::move(*bound) : std::make_shared<const BoundPolicies>();
  return *bound_;
}

bool CertificateRights::allow(const AccessRequest& request) const {
  const IotAction action = to_iot_action(request.action);
  const BoundPolicies& policies = bound(request.client_id);
  return policies.allows_all(action) || policies.allows(action, library_.arn_of(action, request.resource));
}

std::string CertificateRights::why_refused(const AccessRequest& request) const {
  const IotAction action = to_iot_action(request.action);
  const BoundPolicies& policies = bound(request.client_id);
  return trouble_.empty() ? policies.explain(action, library_.arn_of(action, request.resource)) : trouble_;
}

}  // namespace fescue::cloud
