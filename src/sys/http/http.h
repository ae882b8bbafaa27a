// HTTP messages as values. Header names compare without case; the target is kept raw, percent-escapes and all, because
// AWS paths carry escaped slashes and SigV4 signs what was sent.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fescue {

class HttpBodySource;  // sys/http/body_source.h

class HttpHeaders {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void reserve(std::size_t count) { fields_.reserve(count); }
  /// The first of that name; absent when there is none. A present header may be empty.
  std::optional<std::string_view> find(std::string_view name) const;
  /// find(), with absent and empty both "".
  std::string_view get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method;
  std::string target;  // raw: path[?query]
  HttpHeaders headers;
  std::string body;

  std::string_view path() const;   // raw, up to the '?'
  std::string_view query() const;  // raw, after it
};

struct HttpResponse {
  unsigned status = 200;
  HttpHeaders headers;  // Content-Length, Date and Connection are added by the server
  std::string body;
  std::shared_ptr<HttpBodySource> source = nullptr;  // in place of `body`; servers only
};

namespace media_type {
inline constexpr std::string_view kText = "text/plain; charset=utf-8";
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kZip = "application/zip";
}  // namespace media_type

/// A response with a body of that type.
HttpResponse make_response(unsigned status, std::string_view media_type, std::string body);

bool iequals(std::string_view a, std::string_view b);
std::string_view http_reason(unsigned status);
/// Of an answer that is an error. Unauthenticated is 403, as V1's local API says it.
unsigned http_status(Code code);

/// %XX escapes undone; invalid_argument for a broken one. '+' stays '+'.
Result<std::string> percent_decode(std::string_view text);
/// Everything but unreserved characters (A-Za-z0-9-_.~) escaped.
std::string percent_encode(std::string_view text);

/// Raw path split at '/', each segment decoded afterwards: "/a%2Fb/c" is {"a/b", "c"}. The leading slash gives no
/// segment; a trailing one gives an empty last segment.
Result<std::vector<std::string>> path_segments(std::string_view raw_path);

/// name=value pairs of a query string or form body, decoded ('+' as space only for forms).
enum class PlusMeans { plus, space };
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view raw,
                                                                     PlusMeans plus = PlusMeans::plus);

}  // namespace fescue
