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

Result<void> check_signature(const SignedDocument& document, const GroupId& group, const std::string& ca_pem) {
  const auto info = inspect_certificate(document.certificate_pem);
  if (!info) return untrusted(info.error().message());
  const std::string wanted_name = fmt::format("fescue group {}", group.view());
  if (info->common_name != wanted_name) {
    return untrusted(fmt::format("it is signed by \"{}\", not \"{}\"", info->common_name, wanted_name));
  }
  const auto chained = verify_certificate(document.certificate_pem, ca_pem, CertificatePurpose::code_signing);
  if (!chained) return untrusted(chained.error().message());
  const auto held = verify_signature(document.certificate_pem, document.json, document.signature);
  if (!held) return untrusted(held.error().message());
  return ok();
}

}  // namespace

Result<DeploymentDocument> verify_document(const SignedDocument& document, const DeploymentNotice& notice,
                                           const ThingArn& core, const std::string& ca_pem) {
  FESCUE_CHECK(check_signature(document, notice.group, ca_pem));
  FESCUE_TRY(parsed, parse_deployment_document(document.json));
  if (parsed.deployment != notice.deployment) {
    return mismatch("deployment", parsed.deployment.view(), notice.deployment.view());
  }
  if (parsed.type != notice.type) return mismatch("type", name_of(parsed.type), name_of(notice.type));
  if (is_reset(parsed.type)) return parsed;
  if (parsed.group.id != notice.group) return mismatch("group", parsed.group.id.view(), notice.group.view());
  if (parsed.group.core_thing != core) return mismatch("core", parsed.group.core_thing.str(), core.str());
  return parsed;
}

}  // namespace fescue
