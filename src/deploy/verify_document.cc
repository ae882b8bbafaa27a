// Signature, chain and names of a document, in the order that believes nothing before it is proven.
#include "deploy/verify_document.h"

#include <fmt/format.h>

#include "model/group_json.h"
#include "sys/tls/x509.h"

namespace fescue {

namespace {

Error untrusted(std::string_view why) {
  return Error(Code::permission_denied, fmt::format("the deployment document is not trusted: {}", why));
}

Error mismatch(std::string_view what, std::string_view found, std::string_view wanted) {
  return Error(Code::invalid_argument,
               fmt::format("the deployment document is for {} \"{}\", not \"{}\"", what, found, wanted));
}

Error not_announced(std::string_view what, std::string_view announced, std::string_view found) {
  return Error(Code::conflict,
               fmt::format("the notice says {} \"{}\", the signed document \"{}\"", what, announced, found));
}

/// Gives the group whose key it is.
Result<GroupId> check_signature(const SignedDocument& document, const std::string& ca_pem, CertificateTime time) {
  constexpr std::string_view kName = "fescue group ";
  const auto info = inspect_certificate(document.certificate_pem);
  if (!info) return untrusted(info.error().message());
  if (!info->common_name.starts_with(kName)) {
    return untrusted(fmt::format("it is signed by \"{}\", which is no group", info->common_name));
  }
  const auto chained = verify_certificate(document.certificate_pem, ca_pem, CertificatePurpose::code_signing, time);
  if (!chained) return untrusted(chained.error().message());
  const auto held = verify_signature(document.certificate_pem, document.json, document.signature);
  if (!held) return untrusted(held.error().message());
  return GroupId(info->common_name.substr(kName.size()));
}

Result<void> check_names(const Group& group, const GroupId& signer, const ThingArn& core) {
  if (group.id != signer) return mismatch("group", group.id.view(), signer.view());
  if (group.core_thing != core) return mismatch("core", group.core_thing.str(), core.str());
  return ok();
}

}  // namespace

Result<DeploymentDocument> verify_document(const SignedDocument& document, const DeploymentNotice& notice,
                                           const ThingArn& core, const std::string& ca_pem) {
  FESCUE_TRY(group, check_signature(document, ca_pem, CertificateTime::now));
  FESCUE_TRY(parsed, parse_deployment_document(document.json));
  if (parsed.deployment != notice.deployment) {
    return mismatch("deployment", parsed.deployment.view(), notice.deployment.view());
  }
  if (group != notice.group) return not_announced("group", notice.group.view(), group.view());
  if (parsed.type != notice.type) return not_announced("type", name_of(notice.type), name_of(parsed.type));
  if (!is_reset(parsed.type)) FESCUE_CHECK(check_names(parsed.group, group, core));
  return parsed;
}

Result<DeploymentDocument> verify_kept_document(const SignedDocument& document, const ThingArn& core,
                                                const std::string& ca_pem) {
  FESCUE_TRY(group, check_signature(document, ca_pem, CertificateTime::any_time));
  FESCUE_TRY(parsed, parse_deployment_document(document.json));
  if (!is_reset(parsed.type)) FESCUE_CHECK(check_names(parsed.group, group, core));
  return parsed;
}

}  // namespace fescue
