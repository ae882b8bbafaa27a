// CoreNames: which things are cores: those that a version of a core definition names, or that something was deployed
// to. Their client ids, `T` and `T-...`, are their certificates' alone (iot_rules.h), whether or not the core is
// connected.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/arn.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

class CoreNames {
 public:
  CoreNames() = default;
  explicit CoreNames(std::set<ThingName> names) : names_(std::move(names)) {}
  /// As the database has them.
  static Result<CoreNames> load(Database& database);

  /// Those that a version of a core definition names, from its body. True: one of them was not known as one.
  bool add(std::string_view definition_body);

  const std::set<ThingName>& all() const { return names_; }
  bool contains(const ThingName& thing) const { return names_.contains(thing); }
  /// The core whose id it is: the one that is called so, else the one with the longest name T of which it is `T-...`.
  /// Null: it is nobody's.
  const ThingName* owner_of(std::string_view client_id) const;

 private:
  std::set<ThingName> names_;
};

}  // namespace fescue::cloud
