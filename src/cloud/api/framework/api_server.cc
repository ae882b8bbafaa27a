// A request's steps from the raw target to the answer, with what is long moved to the pool.
#include "cloud/api/framework/api_server.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text/without_paths.h"
#include "cloud/api/framework/addressee.h"
#include "cloud/api/framework/errors.h"
#include "cloud/api/framework/key_access.h"
#include "cloud/store/access_key_store.h"
#include "model/json_reader.h"
#include "sys/sigv4/aws_sigv4.h"

namespace fescue::cloud {

namespace {

constexpr std::size_t kInlineBytes = 256 * 1024;
constexpr std::size_t kMaxJsonDepth = 32;
constexpr std::size_t kMaxErrorNames = 256;           // they are ours, or a core's
constexpr std::size_t kMaxLoggedBytes = 512;          // of what the client made up
constexpr std::size_t kMaxUnsignedForm = 256 * 1024;  // with a SAML assertion of 100,000 characters, escaped

/// What the client is told: of what the system refused, what happened, and not in which of our files. The log says
/// that.
ApiError told(ApiError error) {
  if (error.code == Code::io || error.code == Code::internal) error.message = without_paths(error.message);
  return error;
}

ApiError not_implemented(const Operation& operation) {
  return {400, "NotImplementedException",
          fmt::format("{} {} is not implemented.", name_of(operation.service), operation.name)};
}

ApiError serialization_error(std::string message) { return {400, "SerializationException", std::move(message)}; }

ApiValue<json::object> parse_body(std::string_view text) {
  if (text.empty()) return json::object();
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return serialization_error("The body is not valid JSON: " + error.message() + ".");
  if (!value.is_object()) return serialization_error("The body must be a JSON object.");
  if (!has_finite_numbers(value)) return serialization_error("The body is not valid JSON: a number is out of range.");
  return std::move(value.get_object());
}

/// What takes time in proportion to the body; pure, so that it can run anywhere.
struct Checked {
  HttpRequest http;
  std::optional<SigV4Failure> failure;
  ApiValue<json::object> body;
};

Checked check(HttpRequest http, const SigV4Terms& terms, BodyKind kind) {
  auto failure = verify_sigv4(http, terms);
  ApiValue<json::object> body = json::object();
  if (!failure && kind == BodyKind::json) body = parse_body(http.body);
  return {std::move(http), std::move(failure), std::move(body)};
}

bool is_form(const Addressee& addressee) { return addressee.form == ErrorForm::query; }

/// Before its body has come: see is_never_signed().
bool may_be_never_signed(const Addressee& addressee, const HttpRequest& head) {
  return addressee.service == Service::sts &&
         head.headers.get("content-type").starts_with("application/x-www-form-urlencoded");
}

/// The key of a session is good with its token, and until it ends.
ApiValue<void> check_session(Service service, const ApiAccessKey& key, const HttpRequest& http, WallTime now) {
  if (!key.expires) return {};
  if (!equal_in_constant_time(http.headers.get("x-amz-security-token"), key.session_token)) {
    return signature_error(service,
                           {SigV4Fault::unknown_key, "The security token included in the request is invalid."});
  }
  if (*key.expires <= now) return session_expired(service);
  return {};
}

}  // namespace

/// One request on its way, and what is known about it so far.
struct ApiServer::Call {
  Call(HttpRequest request, ApiSender from)
      : http(std::move(request)), sender(std::move(from)), method(http.method), path(http.path()) {}

  HttpRequest http;
  ApiSender sender;
  std::string request_id = random_uuid();
  std::string method, path;  // for the log, once `http` has gone to the operation
  Addressee addressee;
  std::optional<ApiValue<Router::Match>> match;
  std::string access_key, signature;
  std::optional<ApiAccessKey> key;  // what the store has for it
  json::object body;
  bool verified = false;

  const Operation* operation() const { return match && *match ? (*match)->operation : nullptr; }
};

/// Who asks for a role by the word of another has no key yet, so that there is no signature to look at.
bool ApiServer::is_never_signed(const Call& call) {
  const Operation* operation = call.operation();
  return operation && operation->run == nullptr && operation->service == Service::sts &&
         operation->name.starts_with("AssumeRoleWith");
}

bool ApiServer::is_served(const Call& call) { return call.addressee.service != Service::unserved; }

ApiServer::ApiServer(ControlPlane& plane, TaskGroup& tasks, std::span<const Operation> table)
    : plane_(plane), tasks_(tasks), router_(table), answers_(plane.database) {}

void ApiServer::handle(HttpExchangePtr exchange) { tasks_.spawn("api request", serve(std::move(exchange))); }

Task<void> ApiServer::serve(HttpExchangePtr exchange) {
  ApiSender sender{exchange->peer().address, body_origin(exchange->peer()),
                   [exchange] { exchange->release_body_budget(); },
                   [exchange](std::size_t bytes) { return exchange->reserve_answer(bytes); }};
  exchange->respond(co_await answer(std::move(exchange->request()), std::move(sender)));
}

HeadVerdict ApiServer::judge(const HttpRequest& head, const Peer& peer) {
  Call call(head, {peer.address, body_origin(peer), {}});
  call.addressee = addressee_of(call.http);
  if (!is_served(call)) return {0, finish(call, refuse(call, unserved(call.addressee)))};
  // A form says in its body what it wants.
  if (!is_form(call.addressee)) call.match = router_.match(call.addressee.service, call.http);
  const auto terms = terms_for(call);
  const auto failure = terms ? check_sigv4_head(head, *terms) : std::nullopt;
  const std::size_t most = max_body_bytes(call.addressee.service, call.operation());
  if (terms && !failure) return {most, {}};
  if (failure && failure->fault == SigV4Fault::missing && may_be_never_signed(call.addressee, head)) {
    return {std::min(most, kMaxUnsignedForm), {}};
  }
  const ApiError error = terms ? signature_error(call.addressee.service, *failure) : terms.error();
  return {most, finish(call, refuse(call, error))};
}

HttpResponse ApiServer::write_refusal(const HttpRequest& head, const Peer& peer, unsigned status,
                                      std::string_view why) {
  Call call(head, {peer.address, body_origin(peer), {}});
  call.addressee = addressee_of(call.http);
  if (is_served(call)) call.match = router_.match(call.addressee.service, call.http);
  const ApiError error = server_refusal(call.addressee.service, call.operation(), status, why);
  HttpResponse response = finish(call, refuse(call, error));
  if (status == 503) response.headers.add("Retry-After", "1");
  return response;
}

Task<HttpResponse> ApiServer::answer(HttpRequest request, ApiSender sender) {
  Call call(std::move(request), std::move(sender));
  ApiResult result = co_await run(call);
  HttpResponse response;
  if (!result) {
    response = refuse(call, std::move(result).error());
  } else if (call.sender.has_room_for && !call.sender.has_room_for(result->body.size())) {
    response = refuse_unread(call);
  } else {
    response = std::move(*result);
  }
  co_return finish(call, std::move(response));
}

/// Its origin leaves too many answers unread.
HttpResponse ApiServer::refuse_unread(const Call& call) {
  const ApiError error = server_refusal(call.addressee.service, call.operation(), 503,
                                        "too many large answers wait to be read; read those first and try again");
  HttpResponse response = refuse(call, error);
  response.headers.add("Retry-After", "1");
  return response;
}

HttpResponse ApiServer::finish(const Call& call, HttpResponse response) {
  response.headers.add("x-amzn-RequestId", call.request_id);
  count(call, response.status);
  return response;
}

HttpResponse ApiServer::refuse(const Call& call, const ApiError& nameless) {
  const ApiError error = with_name(call.addressee.service, nameless);
  const bool room = counters_.errors.size() < kMaxErrorNames || counters_.errors.contains(error.name);
  ++counters_.errors[room ? error.name : "other"];
  if (error.status >= 500) {
    log_refusal(call, error, log::Level::error, 0);
  } else if (!call.verified) {
    if (const auto left_out = unverified_lines_.admit(steady_now())) {
      log_refusal(call, error, log::Level::warn, *left_out);
    }
  } else if (const auto left_out = refusal_lines_.admit(steady_now())) {
    log_refusal(call, error, log::Level::info, *left_out);
  }
  return error_response(call.addressee, nameless.name.empty() ? told(error) : error, call.request_id);
}

void ApiServer::log_refusal(const Call& call, const ApiError& error, log::Level level, std::uint64_t left_out) {
  log::write(level, "Refused API request.",
             {{"status", error.status},
              {"error", error.name},
              {"reason", error.message},
              {"service", is_served(call) ? name_of(call.addressee.service) : std::string_view(call.addressee.name)},
              {"operation", call.operation() != nullptr ? call.operation()->name : ""},
              {"method", call.method},
              {"path", std::string_view(call.path).substr(0, kMaxLoggedBytes)},
              {"accessKey", std::string_view(call.access_key).substr(0, kMaxLoggedBytes)},
              {"peer", call.sender.peer},
              {"requestId", call.request_id},
              {"notLogged", left_out}});
}

Task<ApiResult> ApiServer::run(Call& call) {
  call.addressee = addressee_of(call.http);
  if (!is_served(call)) co_return unserved(call.addressee);
  call.match = router_.match(call.addressee.service, call.http);
  const std::size_t most = max_body_bytes(call.addressee.service, call.operation());
  if (call.http.body.size() > most) co_return too_large(call.addressee.service, call.operation());
  if (is_never_signed(call)) co_return not_implemented(*call.operation());
  FESCUE_CO_CHECK(co_await verify(call));
  if (!*call.match) co_return call.match->error();

  FESCUE_CO_CHECK(admit_role(call));
  const Operation* operation = call.operation();
  if (operation->run == nullptr) co_return not_implemented(*operation);
  ApiRequest request;
  request.operation = operation;
  request.http = std::move(call.http);
  request.labels = std::move((*call.match)->labels);
  request.query = std::move((*call.match)->query);
  request.body = std::move(call.body);
  request.caller = std::move(*call.key);
  request.request_id = call.request_id;
  co_return co_await run_once(std::move(request));
}

/// Looks up the one key that the request names.
ApiValue<SigV4Terms> ApiServer::terms_for(Call& call) {
  std::optional<std::string> secret;
  if (const auto scope = parse_sigv4_scope(call.http)) {
    call.access_key = scope->access_key;
    call.signature = scope->signature;
    FESCUE_TRY(key, AccessKeyStore(plane_.database).find(scope->access_key));
    if (key) {
      FESCUE_CHECK(check_session(call.addressee.service, *key, call.http, plane_.now()));
      secret = key->secret;
    }
    call.key = std::move(key);
  }
  return SigV4Terms{[secret = std::move(secret)](std::string_view) { return secret; }, plane_.config.region.str(),
                    plane_.now()};
}

Task<ApiValue<void>> ApiServer::verify(Call& call) {
  FESCUE_CO_TRY(terms, terms_for(call));
  const BodyKind kind = call.operation() != nullptr ? call.operation()->body : BodyKind::raw;
  const bool small = call.http.body.size() <= kInlineBytes;
  auto work = [http = std::move(call.http), terms = std::move(terms), kind]() mutable {
    return check(std::move(http), terms, kind);
  };
  Checked checked;  // g++ 12 miscompiles `small ? work() : co_await ...`
  if (small) {
    checked = work();
  } else {
    checked = co_await plane_.pool.run(std::move(work));
  }
  call.http = std::move(checked.http);
  if (checked.failure) co_return signature_error(call.addressee.service, *checked.failure);
  FESCUE_CO_CHECK(admit_signature(call));
  call.verified = true;
  if (call.sender.on_verified) call.sender.on_verified();
  if (!checked.body) co_return std::move(checked.body).error();
  call.body = std::move(*checked.body);
  co_return ApiValue<void>();
}

/// Reading twice changes nothing; all else is done once for a signature. What reads is known by the operation: services
/// of the query protocol take any of theirs by GET.
ApiValue<void> ApiServer::admit_signature(const Call& call) {
  const Operation* const operation = call.operation();
  if (operation == nullptr || operation->method == "GET" || operation->method == "HEAD") return {};
  if (replays_.admit(call.signature, call.sender.origin, steady_now())) return {};
  ++counters_.replayed;
  return signature_error(call.addressee.service,
                         {SigV4Fault::wrong_signature, "The signature of this request was used already."});
}

ApiValue<void> ApiServer::admit_role(const Call& call) {
  auto allowed = check_access(*call.key, *call.operation());
  if (!allowed) ++counters_.denied[call.key->role];
  return allowed;
}

Task<ApiResult> ApiServer::run_once(ApiRequest request) {
  const Operation& operation = *request.operation;
  FESCUE_CO_TRY(key, IdempotentAnswers::key_of(request));
  if (!key) co_return co_await operation.run(plane_, std::move(request));

  FESCUE_CO_TRY(stored, answers_.begin(*key, plane_.now()));
  if (stored) co_return std::move(*stored);
  ApiResult result = co_await operation.run(plane_, std::move(request));
  if (auto kept = answers_.finish(*key, result ? &*result : nullptr, plane_.now()); !kept) {
    log::error("Cannot keep the answer for a client token; a retry would run twice.",
               {{"operation", operation.name}, {"reason", kept.error().message()}});
  }
  co_return result;
}

void ApiServer::count(const Call& call, unsigned status) {
  ++counters_.requests;
  if (!is_served(call)) {
    ++counters_.unserved;
  } else if (!call.verified) {
    ++counters_.unverified;
  } else if (call.operation() == nullptr) {
    ++counters_.unknown_operations;
  } else {
    OperationCounters& counters = counters_.operations[call.operation()];
    ++(status < 400 ? counters.succeeded : status < 500 ? counters.refused : counters.failed);
  }
}

}  // namespace fescue::cloud
