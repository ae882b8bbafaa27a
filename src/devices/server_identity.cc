// Loading what is there, judging it, and making what is missing: keys before the certificates that need them.
#include "devices/server_identity.h"

#include <algorithm>

#include <fmt/format.h>

#include "sys/tls/certificate_names.h"
#include "sys/tls/x509.h"

namespace fescue {

namespace {

constexpr std::size_t kMaxPem = 64 * 1024;
constexpr std::size_t kMaxCommonName = 64;
constexpr std::time_t kFirstDay = 1'767'225'600;             // 2026-01-01
constexpr std::chrono::hours kAuthorityLife{24 * 365 * 23};  // to 2048: some clients read no later years

/// A clock that has not been set yet says 1970.
WallTime plausible(WallTime now) { return std::max(now, WallClock::from_time_t(kFirstDay)); }

Result<Authority> make_authority_files(FileSystem& files, const std::string& directory, const ThingName& core) {
  const std::string name = fmt::format("Fescue core {}", core.view()).substr(0, kMaxCommonName);
  FESCUE_TRY(authority, make_authority(name, kAuthorityLife, generate_ec_key(), WallClock::from_time_t(kFirstDay)));
  FESCUE_CHECK(files.write_atomically(directory + "/ca.key", authority.private_key_pem, 0600));
  FESCUE_CHECK(files.write_atomically(directory + "/ca.crt", authority.certificate_pem, 0644));
  return authority;
}

Result<Authority> load_or_make_authority(FileSystem& files, const std::string& directory, const ThingName& core) {
  const std::string path = directory + "/ca.crt";
  if (!files.exists(path)) return make_authority_files(files, directory, core);
  FESCUE_TRY(certificate, files.read(path, kMaxPem));
  if (const auto readable = inspect_certificate(certificate); !readable) return readable.error().in(path);
  const auto key = files.read(directory + "/ca.key", kMaxPem);
  if (!key) {
    return key.error().in(fmt::format(
        "the key of {}, which devices trust, cannot be read; put a copy in its place, or remove {} for a new authority",
        path, path));
  }
  return Authority{std::move(certificate), *key};
}

/// From the leaf of a chain.
Result<ServerIdentity> describe(TlsIdentity tls) {
  ServerIdentity out;
  FESCUE_TRY(info, inspect_certificate(tls.certificate_chain_pem));
  FESCUE_TRY(names, certificate_names(tls.certificate_chain_pem));
  for (auto& [part, value] : names) {
    if (part == "Subject.AlternativeName.DNSName") out.names.dns.push_back(std::move(value));
    if (part == "Subject.AlternativeName.IPAddress") out.names.addresses.push_back(std::move(value));
  }
  out.not_before = info.not_before;
  out.not_after = info.not_after;
  out.tls = std::move(tls);
  return out;
}

/// Error: whatever keeps the present certificate from being used.
Result<ServerIdentity> load_identity(FileSystem& files, const std::string& directory, const Authority& authority) {
  FESCUE_TRY(text, files.read(directory + "/server.pem", kMaxPem));
  const std::size_t end = text.find("-----BEGIN EC PRIVATE KEY");
  if (end == std::string::npos) return Error(Code::invalid_argument, "there is no key");
  const std::string chain = text.substr(0, end), key = text.substr(end);
  if (!chain.ends_with(authority.certificate_pem)) return Error(Code::conflict, "signed by another authority");
  FESCUE_TRY(identity, describe({chain, key}));
  FESCUE_CHECK(make_tls_server_for_any_certificate(identity.tls));  // the key fits
  return identity;
}

Result<ServerIdentity> make_identity(FileSystem& files, const std::string& directory, const ThingName& core,
                                     const Authority& authority, const ServerNames& names, WallTime now) {
  const KeyPair key = generate_ec_key();
  const CertificateRequest request{.common_name = core.str().substr(0, kMaxCommonName),
                                   .public_key_pem = key.public_pem,
                                   .purpose = CertificatePurpose::server,
                                   .dns_names = names.dns,
                                   .ip_addresses = names.addresses,
                                   .validity = kServerCertificateLife,
                                   .now = plausible(now)};
  auto certificate = issue_certificate(authority, request);
  if (!certificate) return certificate.error().in(directory + "/ca.key");
  FESCUE_TRY(identity, describe({*certificate + authority.certificate_pem, key.private_pem}));
  const std::string text = identity.tls.certificate_chain_pem + identity.tls.private_key_pem;
  FESCUE_CHECK(files.write_atomically(directory + "/server.pem", text, 0600));
  return identity;
}

/// For people: nothing reads it.
Result<void> keep_copy(FileSystem& files, const std::string& directory, const ServerIdentity& identity) {
  const std::string path = directory + "/server.crt";
  const auto present = files.read(path, kMaxPem);
  if (present && *present == identity.tls.certificate_chain_pem) return ok();
  return files.write_atomically(path, identity.tls.certificate_chain_pem, 0644);
}

bool contains_all(const std::vector<std::string>& list, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& each) { return std::ranges::find(list, each) != list.end(); });
}

}  // namespace

bool is_due(const ServerIdentity& identity, const ServerNames& wanted, WallTime now) {
  const WallTime time = plausible(now);
  return time < identity.not_before || time >= identity.not_after - kServerCertificateLife / 3 ||
         !contains_all(identity.names.dns, wanted.dns) || !contains_all(identity.names.addresses, wanted.addresses);
}

Result<ServerIdentity> load_or_renew_identity(FileSystem& files, const std::string& directory, const ThingName& core,
                                              const ServerNames& wanted, WallTime now) {
  FESCUE_CHECK(files.make_directories(directory, 0755));
  FESCUE_TRY(authority, load_or_make_authority(files, directory, core));
  auto identity = load_identity(files, directory, authority);
  if (!identity || is_due(*identity, wanted, now)) {
    auto made = make_identity(files, directory, core, authority, wanted, now);
    const bool usable = identity && plausible(now) >= identity->not_before && plausible(now) < identity->not_after;
    if (!made && !usable) return made;
    if (made)
      identity = std::move(made);
    else
      identity->not_renewed = made.error().message();
  }
  if (const auto kept = keep_copy(files, directory, *identity); !kept) identity->not_renewed = kept.error().message();
  return identity;
}

}  // namespace fescue
