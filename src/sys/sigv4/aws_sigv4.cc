// The canonical request, the string to sign and the two sides that need them: verifying a header and making one.
#include "sys/sigv4/aws_sigv4.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/text/ascii.h"
#include "base/text/split.h"

namespace fescue {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTraceId = "x-amzn-trace-id";  // which proxies add and clients do not sign
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
constexpr std::time_t kMaxSkewSeconds = 300;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// --- Times ----------------------------------------------------------------------------------------------------------

// In whole seconds: a client's year 9999 does not fit into WallTime.

/// 20261122T195402Z
std::string basic_time(std::time_t seconds) {
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                     tm.tm_min, tm.tm_sec);
}

std::optional<std::time_t> parse_with(const char* format, const std::string& text) {
  std::tm tm{};
  const char* end = strptime(text.c_str(), format, &tm);
  if (end == nullptr || *end != '\0' || end != text.c_str() + text.size()) return std::nullopt;
  return timegm(&tm);
}

/// X-Amz-Date, or the Date header in its HTTP form.
std::optional<std::time_t> parse_request_time(const std::string& text) {
  const bool basic_form = text.size() == 16 && text[8] == 'T';
  return basic_form ? parse_with("%Y%m%dT%H%M%SZ", text) : parse_with("%a, %d %b %Y %H:%M:%S GMT", text);
}

// --- The canonical request -------------------------------------------------------------------------------------------

/// The raw path without dots and doubled slashes (docs/compatibility/api.md#signatures), escaped once more, slashes
/// kept: '%' becomes "%25". S3 alone takes it as it is.
std::string canonical_path(std::string_view raw_path, std::string_view service) {
  if (service == "s3") return raw_path.empty() ? "/" : std::string(raw_path);
  std::vector<std::string_view> kept;
  for (const std::string_view segment : split(raw_path, '/')) {
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!segment.empty() && segment != "." && segment != "..") kept.push_back(segment);
  }
  if (kept.empty()) return "/";
  std::string out;
  for (const std::string_view segment : kept) out += "/" + percent_encode(segment);
  return raw_path.ends_with('/') ? out + "/" : out;
}

/// Absent when the query has a broken escape.
std::optional<std::string> canonical_query(std::string_view raw_query) {
  auto pairs = parse_query(raw_query);
  if (!pairs) return std::nullopt;
  for (auto& [name, value] : *pairs) {
    name = percent_encode(name);
    value = percent_encode(value);
  }
  std::sort(pairs->begin(), pairs->end());
  std::string out;
  for (const auto& [name, value] : *pairs) {
    if (!out.empty()) out.push_back('&');
    out += name + "=" + value;
  }
  return out;
}

/// Values of all headers called `name`, comma-joined, trimmed, inner runs of blanks made one.
std::string canonical_value(const HttpHeaders& headers, std::string_view name) {
  std::string out;
  bool first = true;
  for (const auto& [field, value] : headers.all()) {
    if (!iequals(field, name)) continue;
    if (!first) out.push_back(',');
    first = false;
    bool after_blank = false;
    for (const char c : trim(value)) {
      if (!(is_blank(c) && after_blank)) out.push_back(is_blank(c) ? ' ' : c);
      after_blank = is_blank(c);
    }
  }
  return out;
}

/// What is signed for the body: the client's own statement, or the hash of what arrived.
std::string payload_hash(const HttpRequest& request) {
  const std::string_view stated = request.headers.get("x-amz-content-sha256");
  return stated.empty() ? sha256_hex(request.body) : std::string(stated);
}

struct Signing {
  std::string_view secret, date, region, service, signed_headers, timestamp;
};

/// Absent when the request's query cannot be decoded.
std::optional<std::string> signature_of(const HttpRequest& request, const Signing& signing) {
  const auto query = canonical_query(request.query());
  if (!query) return std::nullopt;
  std::string canonical =
      request.method + "\n" + canonical_path(request.path(), signing.service) + "\n" + *query + "\n";
  for (const std::string_view name : split(signing.signed_headers, ';')) {
    canonical += std::string(name) + ":" + canonical_value(request.headers, name) + "\n";
  }
  canonical += "\n" + std::string(signing.signed_headers) + "\n" + payload_hash(request);

  const std::string scope = fmt::format("{}/{}/{}/aws4_request", signing.date, signing.region, signing.service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, signing.timestamp, scope, sha256_hex(canonical));
  std::string key = hmac_sha256("AWS4" + std::string(signing.secret), signing.date);
  for (const std::string_view part : {signing.region, signing.service, std::string_view("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  return hex_encode(hmac_sha256(key, to_sign));
}

// --- The Authorization header ----------------------------------------------------------------------------------------

/// AccessKey/date/region/service/aws4_request
bool read_credential(std::string_view text, SigV4Scope& scope) {
  const auto parts = split(text, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request") return false;
  for (const std::string_view part : parts) {
    if (part.empty()) return false;
  }
  scope.access_key = parts[0];
  scope.date = parts[1];
  scope.region = parts[2];
  scope.service = parts[3];
  return true;
}

SigV4Failure incomplete(std::string message) { return {SigV4Fault::incomplete, std::move(message)}; }

/// Each member once: of two, it could not be said which was meant.
bool set_once(std::string& member, std::string_view value) {
  if (!member.empty()) return false;
  member = value;
  return true;
}

std::optional<SigV4Failure> read_member(std::string_view member, SigV4Scope& scope) {
  const auto equals = member.find('=');
  const std::string_view name = trim(member.substr(0, equals));
  const std::string_view value = equals == std::string_view::npos ? "" : trim(member.substr(equals + 1));
  bool is_first = true;
  if (name == "Credential") {
    is_first = scope.access_key.empty();
    if (!read_credential(value, scope)) {
      return incomplete("Credential must have the form <access key>/<date>/<region>/<service>/aws4_request.");
    }
  } else if (name == "SignedHeaders") {
    is_first = set_once(scope.signed_headers, value);
  } else if (name == "Signature") {
    is_first = set_once(scope.signature, value);
  } else {
    return incomplete("Authorization header has an unknown member.");
  }
  if (!is_first) return incomplete("Authorization header has '" + std::string(name) + "' twice.");
  return std::nullopt;
}

std::optional<SigV4Failure> read_authorization(const HttpRequest& request, SigV4Scope& scope) {
  const auto header = request.headers.find("authorization");
  if (!header) return SigV4Failure{SigV4Fault::missing, "Request is missing Authentication Token"};
  const auto is_authorization = [](const auto& field) { return iequals(field.first, "authorization"); };
  if (std::ranges::count_if(request.headers.all(), is_authorization) > 1) {
    return incomplete("Request has more than one Authorization header.");
  }
  std::string_view rest = trim(*header);
  if (!rest.starts_with(kAlgorithm) || rest.size() == kAlgorithm.size() || !is_blank(rest[kAlgorithm.size()])) {
    return incomplete("Authorization header must use " + std::string(kAlgorithm) + ".");
  }
  rest.remove_prefix(kAlgorithm.size());
  for (const std::string_view member : split(rest, ',')) {
    if (auto failure = read_member(member, scope)) return failure;
  }
  if (scope.access_key.empty()) return incomplete("Authorization header requires 'Credential' parameter.");
  if (scope.signed_headers.empty()) return incomplete("Authorization header requires 'SignedHeaders' parameter.");
  if (scope.signature.empty()) return incomplete("Authorization header requires 'Signature' parameter.");
  return std::nullopt;
}

/// A header that changes what the request does must be covered: Host, the date, and all of X-Amz-* and X-Amzn-*.
std::optional<SigV4Failure> check_coverage(const HttpRequest& request, const SigV4Scope& scope,
                                           std::string_view date_header) {
  const auto listed = split(scope.signed_headers, ';');
  const auto is_listed = [&](std::string_view name) {
    return std::find(listed.begin(), listed.end(), name) != listed.end();
  };
  if (!is_listed("host")) return incomplete("'Host' must be a signed header.");
  if (!is_listed(date_header)) return incomplete("'X-Amz-Date' or 'Date' must be a signed header.");
  for (const auto& [name, value] : request.headers.all()) {
    const std::string header = to_lower(name);
    const bool counts = header.starts_with("x-amz") && header != kTraceId;
    if (counts && !is_listed(header)) return incomplete("'" + name + "' must be a signed header.");
  }
  return std::nullopt;
}

/// Services that AWS has in one region only are signed for that one, wherever the client is.
bool is_valid_region(const SigV4Scope& scope, std::string_view region) {
  if (scope.region == region) return true;
  return scope.region == "us-east-1" && (scope.service == "iam" || scope.service == "sts");
}

std::optional<SigV4Failure> check_time(const SigV4Scope& scope, std::time_t signed_at, std::time_t now) {
  const std::string signed_text = basic_time(signed_at);
  if (signed_text.substr(0, 8) != scope.date) {
    return SigV4Failure{SigV4Fault::expired, "Date in Credential scope does not match the date of the request."};
  }
  if (std::abs(signed_at - now) <= kMaxSkewSeconds) return std::nullopt;
  return SigV4Failure{SigV4Fault::expired,
                      fmt::format("Signature {}: {} is more than 5 minutes away from {}, the time here.",
                                  signed_at > now ? "not yet current" : "expired", signed_text, basic_time(now))};
}

SigV4Failure unsigned_body() {
  return {SigV4Fault::wrong_signature, "UNSIGNED-PAYLOAD is not accepted: the signature must cover the body."};
}

bool announces_body(const HttpRequest& head) {
  const std::string_view length = head.headers.get("content-length");
  return head.headers.find("transfer-encoding") || (!length.empty() && length != "0");
}

/// The body against the hash that the client states, where it states one.
std::optional<SigV4Failure> check_payload(const HttpRequest& request) {
  const std::string_view stated = request.headers.get("x-amz-content-sha256");
  if (stated.empty()) return std::nullopt;
  if (stated == kUnsignedPayload && request.body.empty()) return std::nullopt;
  if (stated == kUnsignedPayload) return unsigned_body();
  const std::string hash = to_lower(stated);
  if (!is_sha256_hex(hash)) return incomplete("The value of 'X-Amz-Content-Sha256' is not supported here.");
  if (hash == sha256_hex(request.body)) return std::nullopt;
  return SigV4Failure{SigV4Fault::wrong_signature, "X-Amz-Content-Sha256 does not match the body that was received."};
}

}  // namespace

std::optional<SigV4Scope> parse_sigv4_scope(const HttpRequest& request) {
  SigV4Scope scope;
  if (read_authorization(request, scope)) return std::nullopt;
  return scope;
}

namespace {

/// What a head that nothing is wrong with says of its signature.
struct Claim {
  SigV4Scope scope;
  std::string secret;
  std::string timestamp;  // in the basic form, which the string to sign carries even with a plain Date header
};

std::optional<SigV4Failure> read_claim(const HttpRequest& head, const SigV4Terms& terms, Claim& claim) {
  SigV4Scope& scope = claim.scope;
  if (auto failure = read_authorization(head, scope)) return failure;
  const std::string_view date_header = head.headers.find("x-amz-date") ? "x-amz-date" : "date";
  if (auto failure = check_coverage(head, scope, date_header)) return failure;

  auto secret = terms.secret_of(scope.access_key);
  if (!secret) {
    return SigV4Failure{SigV4Fault::unknown_key, "The security token included in the request is invalid."};
  }
  if (!is_valid_region(scope, terms.region)) {
    return SigV4Failure{SigV4Fault::wrong_signature,
                        fmt::format("Credential should be scoped to a valid region, not '{}'; the region here is {}.",
                                    scope.region, terms.region)};
  }
  const std::string timestamp(trim(head.headers.get(date_header)));
  const auto signed_at = parse_request_time(timestamp);
  if (!signed_at) return incomplete("Date must be in ISO-8601 'basic format'. Got '" + timestamp + "'.");
  if (auto failure = check_time(scope, *signed_at, WallClock::to_time_t(terms.now))) return failure;
  claim.secret = std::move(*secret);
  claim.timestamp = basic_time(*signed_at);
  return std::nullopt;
}

}  // namespace

std::optional<SigV4Failure> check_sigv4_head(const HttpRequest& head, const SigV4Terms& terms) {
  Claim claim;
  if (auto failure = read_claim(head, terms, claim)) return failure;
  if (head.headers.get("x-amz-content-sha256") == kUnsignedPayload && announces_body(head)) return unsigned_body();
  return std::nullopt;
}

std::optional<SigV4Failure> verify_sigv4(const HttpRequest& request, const SigV4Terms& terms) {
  Claim claim;
  if (auto failure = read_claim(request, terms, claim)) return failure;
  const SigV4Scope& scope = claim.scope;
  const auto expected = signature_of(request, {.secret = claim.secret,
                                               .date = scope.date,
                                               .region = scope.region,
                                               .service = scope.service,
                                               .signed_headers = scope.signed_headers,
                                               .timestamp = claim.timestamp});
  if (!expected) return incomplete("The query string has a broken percent-escape.");
  if (!equal_in_constant_time(*expected, scope.signature)) {
    return SigV4Failure{SigV4Fault::wrong_signature,
                        "The request signature we calculated does not match the signature you provided. Check your "
                        "AWS Secret Access Key and signing method."};
  }
  return check_payload(request);
}

void sign_sigv4(HttpRequest& request, const AwsCredentials& credentials, std::string_view region,
                std::string_view service, WallTime now) {
  const std::string timestamp = basic_time(WallClock::to_time_t(now));
  request.headers.add("X-Amz-Date", timestamp);
  request.headers.add("X-Amz-Content-Sha256", sha256_hex(request.body));

  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers.all()) {
    const std::string header = to_lower(name);
    if (header == "host" || header == "content-type" || header.starts_with("x-amz")) names.push_back(header);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::string signed_headers = fmt::format("{}", fmt::join(names, ";"));

  const std::string date = timestamp.substr(0, 8);
  const auto signature = signature_of(request, {.secret = credentials.secret_key,
                                                .date = date,
                                                .region = region,
                                                .service = service,
                                                .signed_headers = signed_headers,
                                                .timestamp = timestamp});
  FESCUE_ASSERT(signature.has_value());  // we do not make targets with broken escapes
  request.headers.add("Authorization",
                      fmt::format("{} Credential={}/{}/{}/{}/aws4_request, SignedHeaders={}, Signature={}", kAlgorithm,
                                  credentials.access_key, date, region, service, signed_headers, *signature));
}

}  // namespace fescue
