// Making or loading the authority's key and certificate, and an identity for the listeners with the names that they go
// by.
#include "cloud/authority/authority_files.h"

#include <algorithm>

#include "sys/loop/asio.h"
#include "sys/storage/file.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kMaxPem = 64 * 1024;
constexpr std::chrono::hours kAuthorityLife{24 * 365 * 30};
constexpr std::chrono::hours kServerLife{24 * 365 * 2};

bool is_address(const std::string& host) {
  error_code failure;
  asio::ip::make_address(host, failure);
  return !failure;
}

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

}  // namespace

Result<Authority> load_or_make_authority(const std::string& directory) {
  FileSystem& files = real_file_system();
  const std::string certificate_path = directory + "/ca.pem";
  const std::string key_path = directory + "/ca.key";
  if (files.exists(certificate_path)) {
    FESCUE_TRY(certificate, files.read(certificate_path, kMaxPem));
    const auto key = files.read(key_path, kMaxPem);
    if (!key) {
      return key.error().in(
          "the key of the authority, by which all certificates are made, cannot be read; put a copy in its place (with "
          "a "
          "new authority, for which to remove ca.pem as well, every core and device needs a new certificate)");
    }
    return Authority{certificate, *key};
  }
  FESCUE_TRY(authority, make_authority("Fescue certificate authority", kAuthorityLife));
  FESCUE_CHECK(files.write_atomically(key_path, authority.private_key_pem, 0600));
  FESCUE_CHECK(files.write_atomically(certificate_path, authority.certificate_pem, 0644));
  return authority;
}

Result<TlsIdentity> make_server_identity(const Authority& authority, const std::vector<std::string>& hosts) {
  const KeyPair key = generate_ec_key();
  CertificateRequest request{.common_name = "fescue cloud",
                             .public_key_pem = key.public_pem,
                             .purpose = CertificatePurpose::server,
                             .dns_names = {"localhost"},
                             .ip_addresses = {"127.0.0.1", "::1"},
                             .validity = kServerLife};
  for (const std::string& host : hosts) add_once(is_address(host) ? request.ip_addresses : request.dns_names, host);
  FESCUE_TRY(certificate, issue_certificate(authority, request));
  return TlsIdentity{certificate + authority.certificate_pem, key.private_pem};
}

}  // namespace fescue::cloud
