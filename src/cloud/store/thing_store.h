// Things, their attributes, and the certificates that are attached to them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/model/certificate.h"
#include "cloud/model/thing.h"
#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kThingSchema;
extern const std::string_view kThingOfTypeSchema;

class ThingStore {
 public:
  explicit ThingStore(Database& database) : database_(database) {}

  /// Error: already_exists.
  Result<void> insert(const Thing& thing);
  Result<std::optional<Thing>> find(const ThingName& name) const;
  /// Attributes and version.
  Result<void> update(const Thing& thing);
  /// Error: conflict while a certificate is attached.
  Result<void> remove(const ThingName& name);
  /// By name, those after `after`.
  Result<std::vector<Thing>> list(const ThingFilter& filter, std::string_view after, std::size_t limit) const;

  /// Both exist, else conflict. Attaching twice does nothing.
  Result<void> attach(const ThingName& thing, const CertificateId& certificate);
  /// Whether it was attached.
  Result<bool> detach(const ThingName& thing, const CertificateId& certificate);
  Result<std::vector<CertificateId>> certificates_of(const ThingName& thing, std::string_view after,
                                                     std::size_t limit) const;
  Result<std::vector<ThingName>> things_of(const CertificateId& certificate, std::string_view after,
                                           std::size_t limit) const;

 private:
  Database& database_;
};

}  // namespace fescue::cloud
