// Finding a core's directory, one exchange on its socket, and its refusals in words.
#include "cli/core_client.h"

#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "cli/down_note.h"
#include "cli/endpoints_file.h"
#include "core/layout.h"
#include "model/json_reader.h"
#include "sys/http/http_client.h"
#include "sys/net/connect.h"
#include "sys/storage/file.h"
#include "sys/tls/tls.h"

namespace fescue::cli {

namespace {

constexpr std::chrono::seconds kConnectTimeout{5};
constexpr std::chrono::seconds kAnswerTimeout{5};

bool is_core(const std::string& directory) { return real_file_system().exists(CoreLayout{directory}.config_file()); }

Task<Result<HttpResponse>> exchange(std::string socket, HttpRequest request, std::chrono::milliseconds timeout) {
  FESCUE_CO_TRY(stream, co_await connect_unix(socket, kConnectTimeout));
  HttpClientOptions options;
  options.timeout = timeout;
  co_return co_await http_exchange(*stream, std::move(request), options);
}

Result<HttpResponse> run(Task<Result<HttpResponse>> task) {
  asio::io_context io(1);
  std::optional<Result<HttpResponse>> out;
  asio::co_spawn(io, std::move(task),
                 [&](std::exception_ptr, Result<HttpResponse> result) { out = std::move(result); });
  io.run();
  if (!out) return Error(Code::internal, "the request did not end");
  return std::move(*out);
}

Error unreachable(const std::string& socket, const Error& error) {
  struct stat status {};
  if (error.code() == Code::permission_denied) {
    const bool is_seen = ::stat(socket.c_str(), &status) == 0;
    return Error(Code::permission_denied,
                 fmt::format("only root{} may ask this core; try sudo ({})",
                             is_seen && status.st_uid != 0 ? fmt::format(" and uid {}", status.st_uid) : "", socket));
  }
  return Error(Code::unavailable,
               fmt::format("the core does not run ({}); `fescue logs` shows its last words", error.message()));
}

/// Its socket takes connections as long as the process is there, whatever it does.
Error silent(const std::string& core_root) {
  return Error(Code::timeout, fmt::format("the core in {} runs but has not answered for {} seconds: it is stopped (a "
                                          "debugger, SIGSTOP) or overloaded",
                                          core_root, kAnswerTimeout.count()));
}

/// Of a core in ROOT/core, by `fescue up` or before it could start anything.
Error why_it_does_not_run(const Error& error, const std::string& core_root) {
  const std::string root = std::filesystem::path(core_root).parent_path();
  const Error with_its_own = explained(error, root, "core");
  return with_its_own == error ? explained(error, root, "up") : with_its_own;
}

/// {"message": ...} of the answer, or what can be said without.
std::string words_of(const HttpResponse& response) {
  const auto document = parse_json(response.body);
  if (document && document->is_object()) {
    const auto message = JsonReader(*document, "").string("message");
    if (message) return *message;
  }
  return fmt::format("the core answered {} {}", response.status, http_reason(response.status));
}

}  // namespace

Result<std::string> find_core(const std::string& root) {
  const std::string absolute = std::filesystem::absolute(root).lexically_normal();
  if (const auto endpoints = read_endpoints(absolute)) return endpoints->core_root;
  for (const std::string& place : {absolute + "/core", absolute}) {
    if (is_core(place)) return place;
  }
  return Error(Code::not_found, fmt::format("there is no core in {}: start one with `fescue up --root {}`, or name "
                                            "its root with --root or FESCUE_ROOT",
                                            absolute, absolute));
}

Result<CoreClient> CoreClient::at(const std::string& root) {
  FESCUE_TRY(core_root, find_core(root));
  return CoreClient(std::move(core_root));
}

Result<HttpResponse> CoreClient::send(HttpRequest request, std::chrono::milliseconds timeout) const {
  const std::string socket = CoreLayout{core_root_}.run() + "/" + std::string(kAdminSocket);
  request.headers.add("Host", "core");
  auto response = run(exchange(socket, std::move(request), timeout));
  if (response || response.error().code() == Code::timeout) return response;
  return why_it_does_not_run(unreachable(socket, response.error()), core_root_);
}

Result<std::string> CoreClient::get(const std::string& target) const {
  const auto response = send({"GET", target, {}, ""}, kAnswerTimeout);
  if (!response && response.error().code() == Code::timeout) return silent(core_root_);
  if (!response) return response.error();
  if (response->status == 200) return response->body;
  return Error(Code::invalid_argument, words_of(*response));
}

}  // namespace fescue::cli
