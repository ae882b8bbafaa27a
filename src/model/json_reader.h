// Reading JSON into values with errors that say where: `GroupDefinitions.Lambdas.Content[2].FunctionArn: ...`.
// A JsonReader is one value and its path; it borrows the document, which must outlive it. Unknown members are ignored,
// and null counts as absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"

namespace fescue {

/// False when a number is beyond a double's range: Boost.JSON reads `1e999` as an infinity, which it writes as a word
/// that no reader of JSON takes, itself included.
bool has_finite_numbers(const boost::json::value& value);

/// Parses with bounded depth (32) and finite numbers. Error: invalid_argument with the position.
Result<boost::json::value> parse_json(std::string_view text);

class JsonReader {
 public:
  JsonReader(const boost::json::value& value, std::string path) : value_(&value), path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  const boost::json::value& value() const { return *value_; }
  /// An invalid_argument about this value.
  Error error(std::string_view why) const;
  Error error(const Error& cause) const { return error(cause.message()); }

  Result<void> expect_object() const;
  /// A member that may be missing.
  std::optional<JsonReader> find(std::string_view name) const;
  Result<JsonReader> get(std::string_view name) const;
  /// The members of an array.
  Result<std::vector<JsonReader>> items() const;

  Result<std::string> as_string() const;
  Result<std::int64_t> as_integer(std::int64_t min, std::int64_t max) const;
  Result<bool> as_bool() const;

  // Members of this object, with a default when missing.
  Result<std::string> string(std::string_view name) const;  // required
  Result<std::string> string_or(std::string_view name, std::string_view fallback) const;
  Result<std::int64_t> integer_or(std::string_view name, std::int64_t fallback, std::int64_t min,
                                  std::int64_t max) const;
  Result<bool> bool_or(std::string_view name, bool fallback) const;

 private:
  const boost::json::value* value_;
  std::string path_;
};

}  // namespace fescue
