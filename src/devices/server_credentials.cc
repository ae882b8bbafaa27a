// Looking at the machine, renewing on the pool, exchanging the context.
#include "devices/server_credentials.h"

#include "base/log.h"

namespace fescue {

namespace {

constexpr auto kPeriod = std::chrono::seconds(30);

ServerNames names_now() { return server_names(host_name(), interface_addresses()); }

}  // namespace

Task<void> ServerCredentials::start() {
  co_await renew(names_now());
  tasks_.spawn("devices' server certificate", keep_fresh());
}

Task<void> ServerCredentials::stop() {
  tasks_.stop();
  co_await tasks_.join();
}

Task<void> ServerCredentials::keep_fresh() {
  asio::steady_timer timer(tasks_.io());
  for (;;) {
    timer.expires_after(kPeriod);
    co_await timer.async_wait(use_result);
    ServerNames names = names_now();
    if (!context_ || is_due(identity_, names, wall_now())) co_await renew(std::move(names));
  }
}

Task<void> ServerCredentials::renew(ServerNames names) {
  auto work = [directory = directory_, core = core_, names = std::move(names)] {
    return load_or_renew_identity(real_file_system(), directory, core, names, wall_now());
  };
  auto loaded = co_await pool_.run(std::move(work));
  note(use(std::move(loaded)));
}

Result<void> ServerCredentials::use(Result<ServerIdentity> loaded) {
  if (!loaded) return loaded.error();
  const bool is_new = !context_ || loaded->tls.certificate_chain_pem != identity_.tls.certificate_chain_pem;
  if (is_new) {
    FESCUE_TRY(context, make_tls_server_for_any_certificate(loaded->tls));
    if (context_) {
      ++renewals_;
      log::info("The devices' server has a new certificate.", {{"until", iso8601_utc(loaded->not_after)}});
    }
    context_ = std::move(context);
  }
  identity_ = std::move(*loaded);
  return identity_.not_renewed.empty() ? ok() : Result<void>(Error(Code::io, identity_.not_renewed));
}

/// Said once, until it is another.
void ServerCredentials::note(const Result<void>& outcome) {
  const std::string problem = outcome ? "" : outcome.error().message();
  if (!problem.empty() && problem != problem_) {
    log::error("There is no fresh certificate for the devices' server.", {{"errorString", problem}});
  }
  problem_ = problem;
}

}  // namespace fescue
