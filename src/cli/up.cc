// Claiming the directory, binding the ports, starting both children, stopping them in order.
#include "cli/up.h"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/log.h"
#include "cli/down_note.h"
#include "cli/endpoints_file.h"
#include "cli/provision.h"
#include "cli/say.h"
#include "cli/supervised_child.h"
#include "sys/loop/service_loop.h"
#include "sys/net/listeners.h"
#include "sys/storage/file.h"
#include "sys/storage/lock_file.h"

namespace fescue::cli {

namespace {

using namespace asio::experimental::awaitable_operators;

constexpr std::string_view kCoreThing = "fescue-core";
constexpr std::size_t kMaxPem = 64 * 1024;

/// The right to run in `root`, held while the descriptor is open.
Result<Fd> claim(const std::string& root) {
  auto lock = lock_file(root + "/run/up.lock");
  if (lock || lock.error().code() != Code::conflict) return lock;
  return Error(Code::already_exists,
               fmt::format("another `fescue up` runs in {}; stop it, or choose another directory with --root", root));
}

std::string with_remedy(const Error& error) {
  const bool is_for_root = error.code() == Code::permission_denied && ::getuid() != 0;
  return error.message() + (is_for_root ? "; choose a directory of your own with --root, or become root (sudo)" : "");
}

class Up {
 public:
  Up(ServiceLoop& loop, UpOptions options, cloud::InstanceIdentity identity)
      : loop_(loop), options_(std::move(options)), identity_(std::move(identity)), cloud_(loop), core_(loop) {}

  Task<Result<void>> start() {
    FESCUE_CO_CHECK(real_file_system().make_directories(options_.root + "/run", 0755));
    FESCUE_CO_TRY(lock, claim(options_.root));
    lock_ = std::move(lock);
    forget_notes();
    FESCUE_CO_CHECK(real_file_system().remove_tree(options_.root + "/run/endpoints.json"));
    FESCUE_CO_CHECK(bind_ports());
    cloud_.set_arguments(cloud_arguments());
    core_.set_arguments(core_arguments());
    cloud_.set_root(options_.root);
    core_.set_root(options_.root);
    if (!options_.api_tls) cloud_.stand_in().speak_http_on("api");
    if (is_provisioned(options_.root + "/core")) {
      FESCUE_CO_CHECK(co_await start_both());
    } else {
      FESCUE_CO_CHECK(co_await start_first_time());
    }
    const auto written = write_endpoints(options_.root, endpoints_);
    if (!written) log::error("Other commands cannot find this instance.", {{"error", written.error().message()}});
    co_return ok();
  }

  /// Keeps both alive until a stop is wanted.
  Task<void> supervise() { co_await (loop_.stop_requested() || (cloud_.keep_alive() && core_.keep_alive())); }

  Task<void> stop() {
    co_await core_.stop();
    co_await cloud_.stop();
    if (!lock_) co_return;  // the file is another's
    forget_notes();
    [[maybe_unused]] const auto removed = real_file_system().remove_tree(options_.root + "/run/endpoints.json");
  }

  /// For those who ask later. If another runs here it is none of its business.
  void note_failure(const Error& why) const {
    if (lock_) note_down(options_.root, "up", why.message());
  }

  std::string ready_line() const {
    std::string out =
        fmt::format("ready: API {}, MQTT {}, core {}", endpoints_.api, endpoints_.iot_mqtt, endpoints_.core_root);
    return why_no_cloud_.empty() ? out : out + "; the control plane does not run yet: " + why_no_cloud_;
  }

 private:
  void forget_notes() const {
    for (const char* name : {"up", "cloud", "core"}) note_running(options_.root, name);
  }

  /// Once, for all lives of the children: a port that were free for a moment could be taken by a function, which would
  /// then answer in their place. Ports that the system chose become ours.
  Result<void> bind_ports() {
    const auto bind = [this](SupervisedChild& child, const std::string& name, HostPort& address) -> Result<void> {
      FESCUE_TRY(listeners, listen_on(loop_.io(), address.host, address.port, "--" + name));
      address = {listeners.host(), listeners.port};
      child.add_listeners(hold(name, std::move(listeners)));
      return ok();
    };
    FESCUE_CHECK(bind(cloud_, "api", options_.api));
    FESCUE_CHECK(bind(cloud_, "iot", options_.iot));
    FESCUE_CHECK(bind(cloud_, "iot-tls", options_.iot_tls));
    FESCUE_CHECK(bind(cloud_, "discovery", options_.discovery));
    FESCUE_CHECK(bind(core_, "devices", options_.devices));
    return bind(core_, "ipc", options_.ipc);
  }

  std::vector<std::string> cloud_arguments() const {
    std::vector<std::string> out = {"cloud",
                                    "--data=" + options_.root + "/cloud",
                                    "--run=" + options_.root + "/run",
                                    "--api=" + options_.api.str(),
                                    "--iot=" + options_.iot.str(),
                                    "--iot-tls=" + options_.iot_tls.str(),
                                    "--discovery=" + options_.discovery.str()};
    if (options_.identity.region) out.push_back("--region=" + options_.identity.region->str());
    if (options_.identity.account) out.push_back("--account=" + options_.identity.account->str());
    if (options_.api_tls) out.emplace_back("--api-tls");
    const auto& packages = options_.packages;
    const std::pair<std::string, std::string> named[] = {{"--package-dir=", packages.directory},
                                                         {"--s3-endpoint=", packages.s3_endpoint},
                                                         {"--s3-credentials=", packages.s3_credentials},
                                                         {"--s3-region=", packages.s3_region},
                                                         {"--s3-ca=", packages.s3_ca}};
    for (const auto& [name, value] : named) {
      if (!value.empty()) out.push_back(name + value);
    }
    return out;
  }

  std::vector<std::string> core_arguments() const {
    std::vector<std::string> out = {"core", "--root=" + options_.root + "/core", "--ipc=" + options_.ipc.str(),
                                    "--devices=" + options_.devices.str()};
    for (const std::string& hidden : hidden_directories(options_.root)) out.push_back("--hide=" + hidden);
    return out;
  }

  /// There is no core before the control plane has made its identity.
  Task<Result<void>> start_first_time() {
    FESCUE_CO_TRY(cloud, co_await cloud_.start());
    FESCUE_CO_TRY(credentials, real_file_system().read(options_.root + "/run/credentials", 4096));
    FESCUE_CO_TRY(key, parse_credentials_file(credentials));
    FESCUE_CO_TRY(ca, real_file_system().read(options_.root + "/run/ca.pem", kMaxPem));
    ApiAddress api{options_.api, options_.api_tls};
    FESCUE_CO_TRY(identity, co_await provision_core(site(std::move(ca)), std::move(api), key, identity_.region.str()));
    FESCUE_CO_CHECK(describe(identity));
    FESCUE_CO_TRY(core, co_await core_.start());
    co_return ok();
  }

  /// The edge does not wait for the control plane, nor need it.
  Task<Result<void>> start_both() {
    const auto ca = real_file_system().read(options_.root + "/run/ca.pem", kMaxPem);
    FESCUE_CO_TRY(identity, update_core(site(ca ? *ca : "")));
    FESCUE_CO_CHECK(describe(identity));
    const auto [cloud, core] = co_await (cloud_.start() && core_.start());
    for (const auto* each : {&cloud, &core}) {
      if (!*each && each->error().code() == Code::cancelled) co_return each->error();
    }
    if (!core) co_return core.error();
    if (!cloud) {
      why_no_cloud_ = cloud.error().message();
      cloud_.tell(cloud.error());
    }
    co_return ok();
  }

  CoreSite site(std::string ca_pem) const {
    return {.root = options_.root + "/core",
            .ca_pem = std::move(ca_pem),
            .thing_name = std::string(kCoreThing),
            .iot_mqtts = options_.iot_tls,
            .gg_https = options_.discovery};
  }

  /// For endpoints.json. Region and account are those of the core's ARN, which count.
  Result<void> describe(const CoreIdentity& core) {
    FESCUE_TRY(thing, ThingArn::parse(core.thing_arn));
    FESCUE_TRY(arn, parse_arn(core.thing_arn));
    endpoints_.api = (options_.api_tls ? "https://" : "http://") + options_.api.str();
    endpoints_.iot_mqtt = options_.iot.str();
    endpoints_.iot_mqtts = options_.iot_tls.str();
    endpoints_.discovery = options_.discovery.str();
    endpoints_.devices_mqtts = options_.devices.str();
    endpoints_.ipc = options_.ipc.str();
    endpoints_.region = arn.region;
    endpoints_.account = arn.account;
    endpoints_.core_root = options_.root + "/core";
    endpoints_.core_thing_name = thing.thing_name().str();
    endpoints_.core_thing_arn = core.thing_arn;
    endpoints_.core_certificate_arn = core.certificate_arn;
    return ok();
  }

  ServiceLoop& loop_;
  UpOptions options_;
  cloud::InstanceIdentity identity_;
  Endpoints endpoints_;
  Fd lock_;
  SupervisedChild cloud_, core_;
  std::string why_no_cloud_;
};

}  // namespace

std::vector<std::string> hidden_directories(const std::string& root) { return {root + "/cloud", root + "/run"}; }

int run_up(const UpOptions& options, const cloud::InstanceIdentity& identity) {
  if (::getuid() != 0) {
    log::warn(
        "Started without root: everything runs as this user, functions without a container of their own, and "
        "whoever this user is may use the plain MQTT listener.");
  }
  ServiceLoop loop{Fd()};
  Up up(loop, options, identity);
  return loop.run([&]() -> Task<int> {
    const auto started = co_await up.start();
    if (!started) {
      if (started.error().code() != Code::cancelled)
        log::error("Cannot start.", {{"error", with_remedy(started.error())}});
      co_await up.stop();
      if (started.error().code() == Code::cancelled) co_return 0;
      up.note_failure(started.error());
      co_return 1;
    }
    say(stdout, up.ready_line() + "\n");
    if (const auto said = check_said(); !said)
      log::warn("Ready; nobody heard it.", {{"error", said.error().message()}});
    co_await up.supervise();
    co_await up.stop();
    co_return 0;
  });
}

}  // namespace fescue::cli
