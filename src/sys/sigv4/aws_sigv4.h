// AWS Signature Version 4, both ways: verifying what clients send and signing what our own CLI sends
// (docs/compatibility/api.md#signatures). Pure; the clock is an argument.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "sys/http/http.h"

namespace fescue {

struct SigV4Scope {
  std::string access_key, date, region, service;
  std::string signed_headers, signature;
};

/// AWS's own names for what can be wrong with a signature.
enum class SigV4Fault {
  missing,          // no Authorization header
  incomplete,       // header malformed or given twice, or a required header is not signed
  unknown_key,      // no such access key
  wrong_signature,  // the signature or the body hash does not fit, or it is for another region
  expired,          // x-amz-date more than five minutes off, or another day than the scope
};

struct SigV4Failure {
  SigV4Fault fault;
  std::string message;
};

/// Only the scope of the Authorization header, unverified: tells services apart.
std::optional<SigV4Scope> parse_sigv4_scope(const HttpRequest& request);

/// The secret of an access key, or nothing.
using SecretLookup = std::function<std::optional<std::string>(std::string_view access_key)>;

/// What a signature is held against.
struct SigV4Terms {
  SecretLookup secret_of;
  std::string region;  // the only one accepted, but for services that AWS has in us-east-1 alone (IAM, STS)
  WallTime now;
};

/// All that a head says before its body has come: absent when nothing is wrong but, perhaps, the signature itself and
/// the body.
std::optional<SigV4Failure> check_sigv4_head(const HttpRequest& head, const SigV4Terms& terms);

/// Absent when the request is authentic. Beyond AWS's rules, every X-Amz-* and X-Amzn-* header that is there must be
/// signed (all AWS clients do, but for X-Amzn-Trace-Id), so that none can be added on the way. UNSIGNED-PAYLOAD with a
/// body and aws-chunked bodies are not accepted. Hashes the body: costs about a second per gigabyte.
std::optional<SigV4Failure> verify_sigv4(const HttpRequest& request, const SigV4Terms& terms);

struct AwsCredentials {
  std::string access_key, secret_key;
};
/// Adds X-Amz-Date, X-Amz-Content-Sha256 and Authorization. Host must be there already; it, Content-Type and all
/// X-Amz* headers are signed. The query must be well-formed.
void sign_sigv4(HttpRequest& request, const AwsCredentials& credentials, std::string_view region,
                std::string_view service, WallTime now);

}  // namespace fescue
