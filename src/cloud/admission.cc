// From a peer's uid, or its certificate's row in the store, to an Admission.
#include "cloud/admission.h"

#include <fmt/format.h>

#include "cloud/broker/certificate_rights.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/thing_store.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxThingsOfCertificate = 100;

}  // namespace

Admission admit_owner(const Peer& peer, Owners& owners) {
  const std::string why_not = owners.why_not(peer);
  if (!why_not.empty()) return Admission::refuse("this listener is for the owner: " + why_not);
  return Admission::accept({.name = fmt::format("uid {}", *peer.uid), .things = {}});
}

Result<CertificateHolder> find_holder(Database& database, const Peer& peer) {
  const CertificateId id(peer.certificate_sha256);
  FESCUE_TRY(certificate, CertificateStore(database).find(id));
  if (!certificate) return Error(Code::permission_denied, fmt::format("certificate {} is not registered", id.str()));
  if (certificate->status != CertificateStatus::active) {
    return Error(Code::permission_denied, fmt::format("certificate {} is {}", id.str(), name_of(certificate->status)));
  }
  if (const WallTime now = wall_now(); now < certificate->not_before || now > certificate->not_after) {
    return Error(Code::permission_denied, fmt::format("certificate {} is not valid at this time", id.str()));
  }
  FESCUE_TRY(things, ThingStore(database).things_of(id, "", kMaxThingsOfCertificate));
  return CertificateHolder{id, things};
}

Admission admit_by_certificate(Database& database, PolicyLibrary& policies, Newcomers& newcomers, const Peer& peer) {
  const bool is_new = !peer.certificate_pem.empty();
  if (is_new) newcomers.enrol(peer.certificate_pem, wall_now());
  auto holder = find_holder(database, peer);
  if (!holder) {
    if (!is_new) newcomers.tell_again(CertificateId(peer.certificate_sha256), wall_now());
    return Admission::refuse(holder.error().message());
  }
  return Admission::accept(
      {.name = holder->certificate.str(),
       .things = std::move(holder->things),
       .rights = std::make_shared<CertificateRights>(policies, holder->certificate, peer.address)});
}

}  // namespace fescue::cloud
