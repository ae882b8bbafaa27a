// GET /credentialprovider/: where AWS SDKs look for credentials. There is no AWS account behind this core, so none are
// given; 404 has SDK chains go on to the next provider (docs/compatibility/local-api.md#credentials).
#include "ipc/answers.h"
#include "ipc/operations.h"

namespace fescue {

void serve(IpcContext&, const WorkerIdentity&, CredentialsCall, HttpExchangePtr exchange) {
  answer_json(*exchange, 404,
              R"({"code":"NoCredentials","message":"this core has no token exchange service; give the function AWS )"
              R"(credentials by its environment or a volume"})");
}

}  // namespace fescue
