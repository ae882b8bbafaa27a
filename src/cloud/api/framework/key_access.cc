// Reading is for every key, deploying is listed by name, all else is the administrator's.
#include "cloud/api/framework/key_access.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace fescue::cloud {

namespace {

using enum Service;

/// Code of functions and which of it runs; what runs may be called and told. Not the definitions of a group, which
/// decide what functions get of the machine.
constexpr std::pair<Service, std::string_view> kOfDeployers[] = {
    {lambda, "CreateFunction"},
    {lambda, "UpdateFunctionCode"},
    {lambda, "UpdateFunctionConfiguration"},
    {lambda, "DeleteFunction"},
    {lambda, "PublishVersion"},
    {lambda, "CreateAlias"},
    {lambda, "UpdateAlias"},
    {lambda, "DeleteAlias"},
    {lambda, "TagResource"},
    {lambda, "UntagResource"},
    {lambda, "Invoke"},
    {lambda, "InvokeAsync"},
    {lambda, "InvokeWithResponseStream"},
    {greengrass, "CreateDeployment"},
    {greengrass, "ResetDeployments"},
    {greengrass, "StartBulkDeployment"},
    {greengrass, "StopBulkDeployment"},
    {iot_data, "Publish"},
};

/// They read, and what they read is secret, or proves something.
constexpr std::pair<Service, std::string_view> kSecretReads[] = {
    {secrets_manager, "GetSecretValue"},
    {secrets_manager, "BatchGetSecretValue"},
    {iot, "GetRegistrationCode"},
};

constexpr std::array<std::string_view, 6> kReadVerbs = {"Get", "List", "Describe", "Filter", "Search", "Test"};

template <std::size_t N>
bool has(const std::pair<Service, std::string_view> (&rows)[N], const Operation& operation) {
  return std::ranges::find(rows, std::pair(operation.service, operation.name)) != std::end(rows);
}

/// A verb is a word of its own: "Getaway" is none.
bool reads(std::string_view name) {
  return std::ranges::any_of(kReadVerbs, [&](std::string_view verb) {
    return name.starts_with(verb) && name.size() > verb.size() && name[verb.size()] >= 'A' && name[verb.size()] <= 'Z';
  });
}

}  // namespace

KeyRole needed_role(const Operation& operation) {
  if (operation.service == keys || has(kSecretReads, operation)) return KeyRole::admin;
  if (operation.service == sts || reads(operation.name))
    return KeyRole::read_only;  // a session can do what its key can
  return has(kOfDeployers, operation) ? KeyRole::deployer : KeyRole::admin;
}

ApiValue<void> check_access(const ApiAccessKey& caller, const Operation& operation) {
  const KeyRole needed = needed_role(operation);
  if (caller.role >= needed) return {};
  return Error(Code::permission_denied,
               fmt::format("User: {} is not authorized to perform: {} because its access key has the role {}, and this "
                           "needs {}",
                           caller.user_arn, action_of(operation), name_of(caller.role), name_of(needed)));
}

std::string action_of(const Operation& operation) {
  const std::string_view service = operation.service == iot_data ? "iot" : name_of(operation.service);
  return fmt::format("{}:{}", service, operation.name);
}

}  // namespace fescue::cloud
