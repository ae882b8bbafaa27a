// Pure: is this the document that the notice spoke of, and did the group's key sign it? The signing certificate must
// chain to the core's CA for code signing and name the group: a core's own certificate, though of the same CA, cannot
// sign a group (docs/core-protocol.md).
#pragma once

#include <string>

#include "base/result.h"
#include "deploy/signed_document.h"
#include "model/arn.h"
#include "model/deployment.h"

namespace fescue {

/// Errors: permission_denied for a signature that does not hold, invalid_argument for a document that is malformed,
/// another one than asked for or for another core; conflict for a document that is good when it is the notice that
/// errs, in the group or the type.
Result<DeploymentDocument> verify_document(const SignedDocument& document, const DeploymentNotice& notice,
                                           const ThingArn& core, const std::string& ca_pem);

/// Of a document that was verified before and comes back from the disk: whose user may have changed it. Its certificate
/// may have run out meanwhile, and the clock of a core that has just been switched on may be years behind.
Result<DeploymentDocument> verify_kept_document(const SignedDocument& document, const ThingArn& core,
                                                const std::string& ca_pem);

}  // namespace fescue
