// What a group has besides its versions: the key that signs its deployments, with the certificate that the control
// plane's authority issued for it; and IAM roles, which are kept for the tools that ask and used by nobody.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "cloud/model/group_record.h"
#include "model/ids.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

extern const std::string_view kGroupSchema;

class GroupStore {
 public:
  explicit GroupStore(Database& database) : database_(database) {}

  Result<void> put_signer(const GroupId& group, const GroupSigner& signer);
  Result<std::optional<GroupSigner>> signer(const GroupId& group) const;

  /// The account's service role is that of the group with the empty id.
  Result<void> put_role(const GroupId& group, const AssociatedRole& role);
  Result<std::optional<AssociatedRole>> role(const GroupId& group) const;
  Result<void> remove_role(const GroupId& group);

  /// Everything above about a group that is being deleted.
  Result<void> remove(const GroupId& group);

 private:
  Database& database_;
};

}  // namespace fescue::cloud
