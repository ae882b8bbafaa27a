// The families of runtimes with their spellings, and the names that are Lambda's own.
#include "cloud/api/lambda/lambda_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text/ascii.h"
#include "model/group.h"

namespace fescue::cloud {

namespace {

/// Names that follow no rule, and of languages whose list is closed.
constexpr std::string_view kNames[] = {
    "python2.7", "nodejs",    "nodejs4.3",     "nodejs4.3-edge", "nodejs6.10",    "nodejs8.10",
    "java8",     "java8.al2", "go1.x",         "ruby2.5",        "ruby2.7",       "ruby3.2",
    "ruby3.3",   "ruby3.4",   "dotnetcore1.0", "dotnetcore2.0",  "dotnetcore2.1", "dotnetcore3.1",
    "dotnet6",   "dotnet8",   "dotnet10",      "provided",       "provided.al2",  "provided.al2023",
};

struct Numbered {
  std::string_view before, after;
  int least;
};
constexpr Numbered kNumbered[] = {{"python3.", "", 6}, {"nodejs", ".x", 10}, {"java", "", 11}};

/// What Lambda sets in a function's environment.
constexpr std::string_view kReserved[] = {"AWS_ACCESS_KEY",
                                          "AWS_ACCESS_KEY_ID",
                                          "AWS_DEFAULT_REGION",
                                          "AWS_EXECUTION_ENV",
                                          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                          "AWS_LAMBDA_FUNCTION_NAME",
                                          "AWS_LAMBDA_FUNCTION_VERSION",
                                          "AWS_LAMBDA_INITIALIZATION_TYPE",
                                          "AWS_LAMBDA_LOG_GROUP_NAME",
                                          "AWS_LAMBDA_LOG_STREAM_NAME",
                                          "AWS_LAMBDA_RUNTIME_API",
                                          "AWS_REGION",
                                          "AWS_SECRET_ACCESS_KEY",
                                          "AWS_SESSION_TOKEN",
                                          "LAMBDA_RUNTIME_DIR",
                                          "LAMBDA_TASK_ROOT"};

bool is_of(const Numbered& family, std::string_view name) {
  const std::size_t around = family.before.size() + family.after.size();
  if (name.size() <= around || name.size() > around + 2) return false;
  if (!name.starts_with(family.before) || !name.ends_with(family.after)) return false;
  const std::string_view digits = name.substr(family.before.size(), name.size() - around);
  if (!std::ranges::all_of(digits, is_digit) || digits[0] == '0') return false;
  return std::stoi(std::string(digits)) >= family.least;
}

bool is_key_character(char c) { return is_alphanumeric(c) || c == '_'; }

}  // namespace

bool is_runtime(std::string_view name) {
  if (name == kExecutableRuntime || std::ranges::find(kNames, name) != std::end(kNames)) return true;
  return std::ranges::any_of(kNumbered, [name](const Numbered& family) { return is_of(family, name); });
}

std::string unknown_runtime(std::string_view name) {
  return fmt::format(
      "Value {} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [python2.7, python3.6 "
      "and "
      "later, nodejs6.10, nodejs8.10, nodejs10.x and later, java8, java8.al2, java11 and later, provided, "
      "provided.al2, "
      "provided.al2023] or be a valid ARN ({} for executables)",
      name, kExecutableRuntime);
}

bool is_environment_key(std::string_view name) {
  return name.size() >= 2 && is_alphanumeric(name[0]) && !is_digit(name[0]) &&
         std::ranges::all_of(name, is_key_character);
}

std::string reserved_keys_in(const std::map<std::string, std::string>& variables) {
  std::string out;
  for (const std::string_view name : kReserved) {
    if (variables.contains(std::string(name))) out += fmt::format("{}{}", out.empty() ? "" : ", ", name);
  }
  return out;
}

}  // namespace fescue::cloud
