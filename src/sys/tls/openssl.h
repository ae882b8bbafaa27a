// OpenSSL's objects with owners, and its error queue as one sentence. For the .cc files of sys only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/result.h"

namespace fescue::openssl {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

using Bio = Owned<BIO, BIO_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using SigningRequest = Owned<X509_REQ, X509_REQ_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;
using SslContext = Owned<SSL_CTX, SSL_CTX_free>;
using SslSession = Owned<SSL_SESSION, SSL_SESSION_free>;

/// A reading view of `text`; it must outlive the BIO.
Bio reader(std::string_view text);
/// Everything that was written to a memory BIO.
std::string contents(const Bio& bio);

/// Every certificate of a PEM text, in order; invalid_argument when there is none or one is broken.
Result<std::vector<Certificate>> read_certificates(std::string_view pem);

/// An unencrypted key of either kind, PKCS#1, SEC1 or PKCS#8.
Result<Key> read_private_key(std::string_view pem);

std::string pem_of(const X509* certificate);
std::string hash_of(const X509_NAME* name);         // short; equal for equal names
int verdict_of_time(const X509* certificate);       // X509_V_OK while it is valid
std::string sha256_hex(const X509* certificate);    // of its DER
std::string common_name(const X509_NAME* subject);  // UTF-8; empty without one

/// "what: reason", with the reasons that OpenSSL has queued, which are taken from the queue.
Error failure(std::string_view what, Code code = Code::invalid_argument);

}  // namespace fescue::openssl
