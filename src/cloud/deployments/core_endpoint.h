// CoreEndpoint: where cores fetch what they were told about (docs/core-protocol.md). It stands behind a listener that
// has demanded a client certificate of the control plane's authority; here the certificate must be registered and
// active, and what it is attached to decides what may be fetched:
//
//   GET /core/v1/deployments/<id>       the signed document, for the core that the deployment awaits
//   GET /core/v1/artifacts/<sha256>     a package that a kept document for this core refers to; Range is understood
//   GET /core/v1/invocations/<id>       what a caller wants invoked on this core; once
//   POST /core/v1/invocations/<id>      what came of it
//
// What a core may not have does not exist for it: 404.
#pragma once

#include <string>
#include <vector>

#include "cloud/admission.h"
#include "cloud/deployments/remote_invocations.h"
#include "cloud/rejection_log.h"
#include "cloud/store/artifact_store.h"
#include "model/limits.h"
#include "sys/http/http_server.h"
#include "sys/loop/blocking_pool.h"
#include "sys/loop/task_group.h"
#include "sys/storage/sqlite.h"

namespace fescue::cloud {

/// An invocation's outcome is the largest request; a little for what is around it.
inline constexpr std::size_t kMaxCoreRequestBytes = kMaxInvocationPayload + 64 * 1024;

/// What the endpoint works with; all of it outlives the endpoint.
struct CoreEndpointPorts {
  Database& database;              // certificates, deployments
  const ArtifactStore& artifacts;  // packages
  RemoteInvocations& invocations;  // what a caller wants invoked
  BlockingPool& pool;              // reads packages
  TaskGroup& tasks;                // requests are its tasks
  RejectionLog& rejections;        // requests that are refused
};

/// What the bodies of cores may take together, while they are read and answered, and what answers that wait to be read:
/// of one certificate, and in all.
inline constexpr std::size_t kMaxCoreBodiesOfOrigin = 8 * kMaxCoreRequestBytes;
inline constexpr std::size_t kMaxCoreBodiesInAll = 16 * kMaxCoreRequestBytes;

class CoreEndpoint {
 public:
  explicit CoreEndpoint(const CoreEndpointPorts& ports) : ports_(ports) {}

  /// Answers later, from a task of the group.
  void handle(HttpExchangePtr exchange);

  /// The same without a connection.
  Task<HttpResponse> answer(HttpRequest request, Peer peer);

  /// Before a body has come: only the outcome of an invocation that the core has taken has one, and one at a time.
  HeadVerdict judge(const HttpRequest& head, const Peer& peer);

 private:
  HeadVerdict refuse_head(const Peer& peer, std::string_view cause, const Error& why);
  Task<void> serve(HttpExchangePtr exchange);
  Result<HttpResponse> document(const CertificateHolder& holder, const std::string& id);
  Task<Result<HttpResponse>> artifact(CertificateHolder holder, std::string name, std::string range);
  Task<Result<HttpResponse>> get(CertificateHolder holder, HttpRequest request, std::string kind, std::string name);
  Result<HttpResponse> take_invocation(const CertificateHolder& holder, const HttpRequest& request,
                                       const std::string& id);
  Result<HttpResponse> answer_invocation(const CertificateHolder& holder, HttpRequest request, const std::string& id);

  CoreEndpointPorts ports_;
};

/// "bytes=A-B" or "bytes=A-", the only forms understood.
struct ByteRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};
/// Absent for everything else, which RFC 9110 lets a server ignore.
std::optional<ByteRange> parse_byte_range(std::string_view header);

}  // namespace fescue::cloud
