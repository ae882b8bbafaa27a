// Each device against what is known of its thing and of its certificate.
#include "cloud/deployments/device_builder.h"

#include <set>

#include <fmt/format.h>

namespace fescue::cloud {

namespace {

const DeviceFacts kNothingKnown;

/// Empty when the certificate will do.
std::string about_certificate(const std::optional<CertificateStatus>& status) {
  if (!status) return "not registered";
  if (*status != CertificateStatus::active) return fmt::format("{}, not ACTIVE", name_of(*status));
  return "";
}

}  // namespace

std::vector<Device> build_devices(const std::vector<ThingEntry>& entries, const std::map<ThingArn, DeviceFacts>& facts,
                                  std::vector<ErrorDetail>& problems) {
  std::vector<Device> out;
  const auto add = [&](std::string_view code, std::string message) {
    problems.push_back({std::string(code), std::move(message)});
  };
  if (entries.size() > kMaxDevicesPerGroup) {
    add("InvalidDevice", fmt::format("a group has at most {} devices", kMaxDevicesPerGroup));
    return out;
  }
  std::set<ThingArn> seen;
  for (const ThingEntry& entry : entries) {
    const auto known = facts.find(entry.thing);
    const DeviceFacts& fact = known == facts.end() ? kNothingKnown : known->second;
    const std::string thing = entry.thing.thing_name().str();
    if (!seen.insert(entry.thing).second) {
      add("InvalidDevice", fmt::format("the device {} is in the group twice", thing));
      continue;
    }
    if (!fact.thing_exists) add("InvalidDevice", fmt::format("device {}: the thing does not exist", thing));
    if (const std::string wrong = about_certificate(fact.certificate); !wrong.empty()) {
      add("InvalidDeviceCertificate",
          fmt::format("device {}: the certificate {} is {}", thing, entry.certificate_arn, wrong));
    }
    out.push_back({entry.thing, entry.certificate_arn, entry.sync_shadow});
  }
  return out;
}

}  // namespace fescue::cloud
