// From a handshake to a row of the registry and an event.
#include "cloud/broker/newcomers.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "cloud/broker/enrolment.h"
#include "cloud/store/certificate_store.h"
#include "cloud/store/iot/authority_store.h"

namespace fescue::cloud {

namespace json = boost::json;

void add_metrics(MetricsText& out, const NewcomerCounts& newcomers) {
  out.gauge("fescue_certificates_pending", "Certificates that registered themselves and wait for their activation.",
            static_cast<std::uint64_t>(newcomers.pending));
  out.counter("fescue_certificates_self_registered_total", "Certificates that registered themselves as they connected.",
              newcomers.registered);
  out.counter("fescue_certificates_told_again_total", "Pending certificates that connected and were told of again.",
              newcomers.told_again);
  const std::string_view name = "fescue_certificates_not_registered_total";
  const std::string_view help = "Certificates of registered authorities that could not register themselves, by cause.";
  out.counter(name, help, newcomers.refused_size, {{"cause", "size"}});
  out.counter(name, help, newcomers.refused_pending, {{"cause", "pending"}});
  out.counter(name, help, newcomers.refused_rate, {{"cause", "rate"}});
  out.counter(name, help, newcomers.refused_key, {{"cause", "key"}});
}

Result<bool> Newcomers::is_registered(const CertificateId& id) const {
  FESCUE_TRY(certificate, CertificateStore(database_).find(id));
  return certificate.has_value();
}

/// The registered authority that signed it and lets it register itself. Error: not_found.
Result<CertificateAuthority> Newcomers::signer_of(const std::string& issuer, const std::string& pem) const {
  FESCUE_TRY(candidates, AuthorityStore(database_).named(issuer));
  for (CertificateAuthority& authority : candidates) {
    if (registers_itself(authority) && verify_issued_by(pem, authority.pem)) return std::move(authority);
  }
  return Error(Code::not_found, "no authority has signed it that allows auto registration");
}

ForeignVerdict Newcomers::judge_registered(const ForeignCertificate& shown) const {
  const auto registered = is_registered(CertificateId(shown.sha256));
  if (!registered) log::error("A certificate cannot be looked up.", {{"error", registered.error().message()}});
  return registered && *registered ? ForeignVerdict::known : ForeignVerdict::refused;
}

ForeignVerdict Newcomers::judge(const ForeignCertificate& shown) const {
  const ForeignVerdict verdict = judge_registered(shown);
  if (verdict != ForeignVerdict::refused) return verdict;
  const auto authority = signer_of(shown.issuer, shown.pem);
  // An authority is no device, though it has signed itself.
  const bool signed_by_another = authority && authority->id.view() != shown.sha256;
  return signed_by_another ? ForeignVerdict::newcomer : ForeignVerdict::refused;
}

Result<void> Newcomers::refuse(std::uint64_t& counter, std::string_view reason) {
  ++counter;
  return Error(Code::resource_exhausted, std::string(reason));
}

Result<void> Newcomers::take_place(const CertificateAuthority& authority, const CertificateInfo& info,
                                   std::size_t pem_bytes) {
  if (!has_strong_key(info)) return refuse(counts_.refused_key, "its key is too weak");
  FESCUE_TRY(pending, CertificateStore(database_).count_pending(authority.id));
  switch (budget_.ask(authority.id, pending, pem_bytes, steady_now())) {
    case RegistrationVerdict::granted:
      return ok();
    case RegistrationVerdict::too_large:
      return refuse(counts_.refused_size, "it is too large");
    case RegistrationVerdict::too_many_pending:
      return refuse(counts_.refused_pending, "too many of its authority wait for their activation");
    case RegistrationVerdict::too_often:
      break;
  }
  return refuse(counts_.refused_rate, "its authority has signed too many that came in a short time");
}

Result<void> Newcomers::insert(const CertificateInfo& info, const std::string& pem, WallTime now) {
  FESCUE_TRY(authority, signer_of(info.issuer, pem));
  FESCUE_CHECK(take_place(authority, info, pem.size()));
  Certificate certificate = new_certificate(info, pem, now);
  certificate.status = CertificateStatus::pending_activation;
  certificate.mode = authority.mode;
  certificate.authority = authority.id;
  FESCUE_CHECK(CertificateStore(database_).insert(certificate));
  ++counts_.registered;
  log::info("A certificate has registered itself; it can connect when it is made ACTIVE.",
            {{"certificateId", certificate.id.view()}, {"caCertificateId", authority.id.view()}});
  tell(certificate, now);
  return ok();
}

void Newcomers::enrol(const std::string& pem, WallTime now) {
  const auto info = inspect_certificate(pem);
  if (!info) return note("", info.error());
  const auto registered = is_registered(CertificateId(info->sha256));
  if (registered && *registered) return;  // by another connection, or in an earlier handshake of this session
  const auto inserted = registered ? insert(*info, pem, now) : Result<void>(registered.error());
  if (!inserted) note(info->sha256, inserted.error());
}

void Newcomers::tell_again(const CertificateId& id, WallTime now) {
  const auto certificate = CertificateStore(database_).find(id);
  if (!certificate || !*certificate || (*certificate)->status != CertificateStatus::pending_activation) return;
  if (!budget_.may_tell((*certificate)->authority, steady_now())) return;
  ++counts_.told_again;
  tell(**certificate, now);
}

void Newcomers::tell(const Certificate& certificate, WallTime now) {
  const auto topic = Topic::parse(fmt::format("$aws/events/certificates/registered/{}", certificate.authority.view()));
  FESCUE_ASSERT(topic);
  const json::object event{
      {"certificateId", certificate.id.view()},
      {"caCertificateId", certificate.authority.view()},
      {"timestamp", epoch_milliseconds(now)},
      {"certificateStatus", name_of(certificate.status)},
      {"awsAccountId", config_.account.view()},
      {"certificateRegistrationTimestamp", std::to_string(epoch_milliseconds(certificate.created))}};
  broker_.publish(*topic, Payload(json::serialize(event)), mqtt::QoS::at_least_once);
}

void Newcomers::note(std::string_view id, const Error& why) {
  if (const auto left_out = lines_.admit(steady_now())) {
    log::warn("A certificate of a registered authority was not registered.",
              {{"certificateId", id}, {"reason", why.message()}, {"notLogged", *left_out}});
  }
}

NewcomerCounts Newcomers::counts() const {
  NewcomerCounts counts = counts_;
  if (const auto pending = CertificateStore(database_).count_pending()) counts.pending = *pending;
  return counts;
}

}  // namespace fescue::cloud
