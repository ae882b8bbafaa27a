// Walking a certificate's two names and its alternative names.
#include "sys/tls/certificate_names.h"

#include <arpa/inet.h>

#include <array>
#include <string_view>

#include <openssl/x509v3.h>

#include "base/text/ascii.h"
#include "sys/tls/openssl.h"

namespace fescue {

namespace {

constexpr std::pair<int, std::string_view> kParts[] = {
    {NID_dnQualifier, "DistinguishedNameQualifier"},
    {NID_countryName, "Country"},
    {NID_organizationName, "Organization"},
    {NID_organizationalUnitName, "OrganizationalUnit"},
    {NID_stateOrProvinceName, "State"},
    {NID_commonName, "CommonName"},
    {NID_serialNumber, "SerialNumber"},
    {NID_title, "Title"},
    {NID_surname, "Surname"},
    {NID_givenName, "GivenName"},
    {NID_initials, "Initials"},
    {NID_pseudonym, "Pseudonym"},
    {NID_generationQualifier, "GenerationQualifier"},
};

using AlternativeNames = openssl::Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using Number = openssl::Owned<BIGNUM, BN_free>;

std::string utf8_of(const ASN1_STRING* text) {
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, text);
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

void add_name(CertificateNames& names, const std::string& of, const X509_NAME* name) {
  for (const auto& [nid, word] : kParts) {
    for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0; at = X509_NAME_get_index_by_NID(name, nid, at)) {
      names.emplace_back(of + "." + std::string(word),
                         utf8_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
    }
  }
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return {};
  return inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size()) ? text.data() : "";
}

void add_alternative_names(CertificateNames& names, const std::string& of, const X509* certificate, int nid) {
  const AlternativeNames all(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr)));
  if (!all) return;
  const std::string begin = of + ".AlternativeName.";
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type == GEN_DNS) names.emplace_back(begin + "DNSName", utf8_of(name->d.dNSName));
    if (name->type == GEN_EMAIL) names.emplace_back(begin + "RFC822Name", utf8_of(name->d.rfc822Name));
    if (name->type == GEN_URI) {
      names.emplace_back(begin + "UniformResourceIdentifier", utf8_of(name->d.uniformResourceIdentifier));
    }
    if (name->type == GEN_IPADD) names.emplace_back(begin + "IPAddress", address_of(name->d.iPAddress));
  }
}

std::string serial_of(const X509* certificate) {
  const Number number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* digits = number ? BN_bn2hex(number.get()) : nullptr;
  if (!digits) return {};
  std::string text(digits);
  OPENSSL_free(digits);
  for (char& c : text) c = to_lower(c);
  return text;
}

}  // namespace

Result<CertificateNames> certificate_names(const std::string& pem) {
  FESCUE_TRY(all, openssl::read_certificates(pem));
  const X509* certificate = all.front().get();
  CertificateNames names;
  add_name(names, "Subject", X509_get_subject_name(certificate));
  add_name(names, "Issuer", X509_get_issuer_name(certificate));
  add_alternative_names(names, "Subject", certificate, NID_subject_alt_name);
  add_alternative_names(names, "Issuer", certificate, NID_issuer_alt_name);
  names.emplace_back("SerialNumber", serial_of(certificate));
  std::erase_if(names, [](const auto& name) { return name.second.empty(); });
  return names;
}

}  // namespace fescue
