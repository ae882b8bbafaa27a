// Documents with right and wrong signers, bytes and names.
#include "deploy/verify_document.h"

#include <gtest/gtest.h>

#include "deploy/deploy_test_support.h"
#include "deploy/signing_test_support.h"

namespace fescue {
namespace {

DeploymentNotice notice() { return {DeploymentId("d1"), DeploymentType::new_deployment, GroupId("group-1")}; }

Result<DeploymentDocument> verify(const SignedDocument& document, const DeploymentNotice& of = notice()) {
  return verify_document(document, of, test_core(), signer().ca());
}

Code refusal(const SignedDocument& document, const DeploymentNotice& of = notice()) {
  const auto verified = verify(document, of);
  EXPECT_FALSE(verified);
  return verified ? Code::internal : verified.error().code();
}

TEST(VerifyDocument, AcceptsWhatTheGroupSigned) {
  const auto document = make_document("d1", {make_function("Echo", "1", "x")});
  EXPECT_EQ(verify(signer().sign(document)).value().group, document.group);
}

TEST(VerifyDocument, AcceptsAResetWithoutAGroup) {
  DeploymentDocument reset;
  reset.deployment = DeploymentId("d1");
  reset.type = DeploymentType::reset;
  DeploymentNotice of = notice();
  of.type = DeploymentType::reset;
  EXPECT_EQ(verify(signer().sign(reset), of).value().type, DeploymentType::reset);
}

TEST(VerifyDocument, AKeptDocumentMayBeOlderThanItsCertificateAndIsHeldToTheRest) {
  const DeploymentDocument document = make_document("d1", {make_function("Echo", "1", "x")});
  SignedDocument signed_document = signer().sign(document);
  CertificateRequest request;
  request.common_name = "fescue group group-1";
  request.public_key_pem = inspect_certificate(signed_document.certificate_pem)->public_key_pem;
  request.purpose = CertificatePurpose::code_signing;
  request.validity = std::chrono::hours(-1);
  signed_document.certificate_pem = issue_certificate(signer().authority(), request).value();
  EXPECT_EQ(refusal(signed_document), Code::permission_denied) << "it has run out";
  const auto kept = [](const SignedDocument& of) { return verify_kept_document(of, test_core(), signer().ca()); };
  EXPECT_EQ(kept(signed_document).value().group, document.group);
  signed_document.json += " ";
  EXPECT_FALSE(kept(signed_document));
  DeploymentDocument elsewhere = document;
  elsewhere.group.id = GroupId("group-2");
  EXPECT_FALSE(kept(signer().sign(elsewhere)));
}

TEST(VerifyDocument, RefusesChangedBytes) {
  SignedDocument document = signer().sign(make_document("d1", {}));
  document.json += " ";
  EXPECT_EQ(refusal(document), Code::permission_denied);
  document = signer().sign(make_document("d1", {}));
  document.signature[8] = static_cast<char>(document.signature[8] ^ 1);
  EXPECT_EQ(refusal(document), Code::permission_denied);
}

TEST(VerifyDocument, RefusesOtherSigners) {
  const std::string json = to_json(make_document("d1", {}));
  const TestSigner stranger;  // of another CA
  EXPECT_EQ(refusal(stranger.sign(json)), Code::permission_denied);
  const TestSigner other_group(signer().authority(), "fescue group group-2", CertificatePurpose::code_signing);
  EXPECT_EQ(refusal(other_group.sign(json)), Code::conflict);
  const TestSigner no_group(signer().authority(), "group-1", CertificatePurpose::code_signing);
  EXPECT_EQ(refusal(no_group.sign(json)), Code::permission_denied);
  const TestSigner core(signer().authority(), "fescue group group-1", CertificatePurpose::client);
  EXPECT_EQ(refusal(core.sign(json)), Code::permission_denied);
  SignedDocument no_certificate = signer().sign(json);
  no_certificate.certificate_pem = "x";
  EXPECT_EQ(refusal(no_certificate), Code::permission_denied);
}

TEST(VerifyDocument, RefusesAnotherDocumentThanAnnounced) {
  EXPECT_EQ(refusal(signer().sign(make_document("d2", {}))), Code::invalid_argument);
  auto other_type = make_document("d1", {});
  other_type.type = DeploymentType::redeployment;
  EXPECT_EQ(refusal(signer().sign(other_type)), Code::conflict);
  auto other_group = make_document("d1", {});
  other_group.group.id = GroupId("group-2");
  EXPECT_EQ(refusal(signer().sign(other_group)), Code::invalid_argument);
  auto other_core = make_document("d1", {});
  other_core.group.core_thing = ThingArn::parse("arn:aws:iot:us-west-2:123456789012:thing/other").value();
  EXPECT_EQ(refusal(signer().sign(other_core)), Code::invalid_argument);
  EXPECT_EQ(refusal(signer().sign(std::string("{}"))), Code::invalid_argument);
}

}  // namespace
}  // namespace fescue
