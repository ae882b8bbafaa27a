// Documents, packages and invocations for cores over HTTPS.
#include "cloud/deployments/core_endpoint.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "base/text/parse_number.h"
#include "base/text/split.h"
#include "cloud/deployments/artifact_source.h"
#include "cloud/store/deployment_store.h"

namespace fescue::cloud {

namespace {

Error not_found(std::string_view what) {
  return Error(Code::not_found, fmt::format("there is no {} for this core", what));
}

/// A name that nothing can have is one that nothing has.
unsigned status_of(Code code) { return http_status(code == Code::invalid_argument ? Code::not_found : code); }

HttpResponse error_response(unsigned status, const std::string& text) {
  return make_response(status, "text/plain", text + "\n");
}

bool holds(const CertificateHolder& holder, const ThingName& thing) {
  return std::ranges::find(holder.things, thing) != holder.things.end();
}

HttpResponse range_response(BlockingPool& pool, OpenFile package, const ByteRange& range) {
  const std::uint64_t total = package.size();
  if (range.first >= total) {
    HttpResponse response = error_response(416, "the range begins after the end");
    response.headers.add("Content-Range", fmt::format("bytes */{}", total));
    return response;
  }
  const std::uint64_t last = std::min(range.last.value_or(total - 1), total - 1);
  HttpResponse response = make_response(206, media_type::kZip, "");
  response.headers.add("Content-Range", fmt::format("bytes {}-{}/{}", range.first, last, total));
  const ArtifactSource::Part part{range.first, last - range.first + 1};
  response.source = std::make_shared<ArtifactSource>(pool, std::move(package), part);
  return response;
}

/// What of a core's headers becomes the client's.
bool is_invoke_header(std::string_view name) {
  return iequals(name.substr(0, 6), "X-Amz-") || iequals(name, "X-Amzn-ErrorType") || iequals(name, "Content-Type") ||
         iequals(name, "Retry-After");
}

}  // namespace

std::optional<ByteRange> parse_byte_range(std::string_view header) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  const auto ends = split(header.substr(kUnit.size()), '-');
  const auto first = parse_number<std::uint64_t>(ends[0]);
  if (!first || ends.size() != 2) return std::nullopt;
  if (ends[1].empty()) return ByteRange{*first, {}};
  const auto last = parse_number<std::uint64_t>(ends[1]);
  if (!last || *last < *first) return std::nullopt;
  return ByteRange{*first, last};
}

void CoreEndpoint::handle(HttpExchangePtr exchange) { ports_.tasks.spawn("core request", serve(std::move(exchange))); }

HeadVerdict CoreEndpoint::judge(const HttpRequest& head, const Peer& peer) {
  const auto holder = find_holder(ports_.database, peer);
  if (!holder) return refuse_head(peer, "certificate", holder.error());
  if (head.method != "POST") return {};
  const auto segments = path_segments(head.path());
  const bool is_outcome = segments && segments->size() == 4 && segments->at(0) == "core" && segments->at(1) == "v1" &&
                          segments->at(2) == "invocations";
  if (!is_outcome) return refuse_head(peer, "request", not_found("such path"));
  auto hold = ports_.invocations.await_outcome(holder->things, InvocationId(segments->at(3)));
  if (!hold) return refuse_head(peer, "request", hold.error());
  return {kMaxCoreRequestBytes, std::nullopt, std::move(*hold)};
}

HeadVerdict CoreEndpoint::refuse_head(const Peer& peer, std::string_view cause, const Error& why) {
  ports_.rejections.note(ListenerName::cores, cause, fmt::format("{} {}", peer.address, peer.certificate_sha256),
                         why.message());
  return {0, error_response(status_of(why.code()), why.message())};
}

Task<void> CoreEndpoint::serve(HttpExchangePtr exchange) {
  HttpResponse response = co_await answer(std::move(exchange->request()), exchange->peer());
  if (response.status >= 400) {
    const Peer& peer = exchange->peer();
    ports_.rejections.note(ListenerName::cores, response.status == 403 ? "certificate" : "request",
                           fmt::format("{} {}", peer.address, peer.certificate_sha256), response.body);
  }
  exchange->respond(std::move(response));
}

Task<HttpResponse> CoreEndpoint::answer(HttpRequest request, Peer peer) {
  const auto holder = find_holder(ports_.database, peer);
  if (!holder) co_return error_response(status_of(holder.error().code()), holder.error().message());
  const auto segments = path_segments(request.path());
  if (!segments || segments->size() != 4 || segments->at(0) != "core") co_return error_response(404, "no such path");
  if (segments->at(1) != "v1") co_return error_response(404, "this control plane speaks /core/v1");
  const std::string kind = segments->at(2);
  const std::string name = segments->at(3);
  Result<HttpResponse> response = not_found("such path");
  if (request.method == "GET") {
    response = co_await get(*holder, std::move(request), kind, name);
  } else if (request.method == "POST" && kind == "invocations") {
    response = answer_invocation(*holder, std::move(request), name);
  } else {
    co_return error_response(405, "only GET, and POST of an invocation's outcome");
  }
  if (!response) co_return error_response(status_of(response.error().code()), response.error().message());
  co_return std::move(*response);
}

Task<Result<HttpResponse>> CoreEndpoint::get(CertificateHolder holder, HttpRequest request, std::string kind,
                                             std::string name) {
  if (kind == "deployments") co_return document(holder, name);
  if (kind == "artifacts") co_return co_await artifact(holder, name, std::string(request.headers.get("Range")));
  if (kind == "invocations") co_return take_invocation(holder, request, name);
  co_return not_found("such path");
}

Result<HttpResponse> CoreEndpoint::document(const CertificateHolder& holder, const std::string& id) {
  const DeploymentStore store(ports_.database);
  FESCUE_TRY(record, store.find(DeploymentId(id)));
  if (!record || !holds(holder, record->core)) return not_found("such deployment");
  FESCUE_TRY(document, store.document(record->id));
  if (!document) return not_found("document of that deployment any more");
  HttpResponse response = make_response(200, media_type::kJson, std::move(document->json));
  response.headers.add("Fescue-Signature", base64_encode(document->signature));
  response.headers.add("Fescue-Signing-Certificate", base64_encode(document->certificate_pem));
  return response;
}

Task<Result<HttpResponse>> CoreEndpoint::artifact(CertificateHolder holder, std::string name, std::string range) {
  FESCUE_CO_TRY(hash, parse_artifact_hash(name));
  bool allowed = false;
  for (const ThingName& thing : holder.things) {
    FESCUE_CO_TRY(refers, DeploymentStore(ports_.database).refers_to(thing, hash));
    allowed = allowed || refers;
  }
  if (!allowed) co_return not_found("such package");

  const ArtifactStore& store = ports_.artifacts;
  auto open = [&store, hash] { return store.open_package(hash); };
  FESCUE_CO_TRY(package, co_await ports_.pool.run(std::move(open)));
  if (const auto asked = parse_byte_range(range)) co_return range_response(ports_.pool, std::move(package), *asked);
  HttpResponse response = make_response(200, media_type::kZip, "");
  response.source = std::make_shared<ArtifactSource>(ports_.pool, std::move(package), hash);
  response.headers.add("Accept-Ranges", "bytes");
  co_return response;
}

/// Path, headers and body of the client's request, as the headers and the body of the answer.
Result<HttpResponse> CoreEndpoint::take_invocation(const CertificateHolder& holder, const HttpRequest& request,
                                                   const std::string& id) {
  const std::string instance(request.headers.get("Fescue-Instance"));
  auto taken = ports_.invocations.take(holder.things, InvocationId(id), instance);
  if (!taken) return not_found("such invocation");
  HttpResponse response{200, std::move(taken->headers), std::move(taken->body)};
  response.headers.add("Fescue-Target", std::move(taken->target));
  response.headers.add("Content-Type", "application/octet-stream");
  return response;
}

Result<HttpResponse> CoreEndpoint::answer_invocation(const CertificateHolder& holder, HttpRequest request,
                                                     const std::string& id) {
  const auto status = parse_number<unsigned>(request.headers.get("Fescue-Status"));
  if (!status || *status < 200 || *status > 599) {
    return error_response(400, "Fescue-Status must be the status of an answer, 200 to 599");
  }
  HttpResponse outcome{*status, {}, std::move(request.body)};
  for (const auto& [name, value] : request.headers.all()) {
    if (is_invoke_header(name)) outcome.headers.add(name, value);
  }
  if (!ports_.invocations.answer(holder.things, InvocationId(id), std::move(outcome))) {
    return not_found("such invocation any more");
  }
  return HttpResponse{204, {}, ""};
}

}  // namespace fescue::cloud
