// The socket, its token, the checks at both entrances, and the counts of who was refused.
#include "core/admin/admin_server.h"

#include <unistd.h>

#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "base/log_throttle.h"
#include "base/random.h"
#include "core/admin/refusals.h"
#include "core/layout.h"
#include "model/limits.h"
#include "sys/storage/file.h"

namespace fescue {

namespace {

constexpr mode_t kDirectoryMode = 0755;
constexpr mode_t kOwnerOnly = 0600;
constexpr std::size_t kTokenLength = 43;  // 256 bits
// Together: bodies while they are read and answered, answers while they wait to be read.
constexpr std::size_t kMaxBodies = 8 * kMaxInvocationPayload;
constexpr std::string_view kBearer = "Bearer ";

HttpResponse refusal() {
  return make_response(
      403, media_type::kJson,
      R"({"message":"this is the core's admin server: send Authorization: Bearer with the token of run/ipc-token"})");
}

}  // namespace

Result<AdminKeys> make_admin_keys(asio::io_context& io, const std::string& directory) {
  FileSystem& files = real_file_system();
  FESCUE_CHECK(files.make_directories(directory, kDirectoryMode));
  FESCUE_TRY(acceptor, listen_unix(io, directory, std::string(kAdminSocket), kOwnerOnly));
  AdminKeys keys{std::move(acceptor), random_alphanumeric(kTokenLength), {0, ::getuid()}};
  const auto written =
      files.write_atomically(directory + "/" + std::string(kAdminToken), keys.token + "\n", kOwnerOnly);
  // A full disk is no reason to keep the edge down: the socket needs no token.
  if (!written) log::error("Cannot write the token for the IPC port.", {{"errorString", written.error().message()}});
  return keys;
}

AdminServer::AdminServer(asio::io_context& io, AdminKeys keys, HttpHandler inside)
    : keys_(std::move(keys)),
      owners_(keys_.owners),
      tasks_(io),
      options_(server_options()),
      inside_(std::make_shared<const HttpHandler>(std::move(inside))) {}

std::shared_ptr<const HttpServerOptions> AdminServer::server_options() {
  auto options = std::make_shared<HttpServerOptions>();
  options->max_body_bytes = kMaxInvocationPayload;
  options->body_budget.emplace(BodyBudget::Limits{.of_origin = kMaxBodies, .in_all = kMaxBodies});
  options->answer_budget.emplace(BodyBudget::Limits{.of_origin = kMaxBodies, .in_all = kMaxBodies});
  options->on_lost_answer = [this](const Peer&, std::string_view why) {
    if (!count_refusal()) return;
    log::warn("Did not send an answer of the admin server that waited to be read.",
              {{"reason", why}, {"refused", refused_}});
  };
  options->on_bad_request = [this](const Peer&, unsigned status, std::string_view why) {
    if (!count_refusal()) return;
    log::warn("Refused a malformed request at the admin server.",
              {{"status", status}, {"reason", why}, {"refused", refused_}});
  };
  return options;
}

void AdminServer::start() {
  FESCUE_ASSERT(keys_.acceptor);
  accept_unix(tasks_, std::move(*keys_.acceptor), [this](StreamPtr stream) { accept(std::move(stream)); });
  keys_.acceptor.reset();
}

Task<void> AdminServer::stop() {
  tasks_.stop();
  co_await tasks_.join();
}

void AdminServer::add_status(boost::json::object& status) const {
  refused_json(status)["refused_at_admin_server"] = refused_;
}

void AdminServer::add_metrics(MetricsText& out) const {
  out.counter(kIpcRefused, kIpcRefusedHelp, refused_, {{"cause", "admin_server"}});
}

void AdminServer::accept(StreamPtr stream) {
  const std::string why_not = owners_.why_not(stream->peer());
  if (why_not.empty()) return serve_http(tasks_, std::move(stream), options_, inside_);
  if (count_refusal()) {
    log::warn("Refused a connection to the admin server.", {{"reason", why_not}, {"refused", refused_}});
  }
}

HeadVerdict AdminServer::judge_tcp(const HttpRequest& head, const Peer& peer) {
  if (admits(head, peer)) return {kMaxInvocationPayload, {}};
  return {0, refusal()};
}

void AdminServer::handle_tcp(HttpExchangePtr exchange) {
  if (admits(exchange->request(), exchange->peer())) return (*inside_)(std::move(exchange));
  exchange->respond(refusal());
}

bool AdminServer::admits(const HttpRequest& head, const Peer& peer) {
  if (has_token(head)) return true;
  if (count_refusal()) {
    log::warn("Refused a request to the admin server without its token.",
              {{"peer", peer.address}, {"refused", refused_}});
  }
  return false;
}

bool AdminServer::count_refusal() { return is_logged_at(++refused_); }

bool AdminServer::has_token(const HttpRequest& request) const {
  const std::string_view given = request.headers.get("Authorization");
  return given.starts_with(kBearer) && equal_in_constant_time(given.substr(kBearer.size()), keys_.token);
}

}  // namespace fescue
