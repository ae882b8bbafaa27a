// The composition root of `fescue cloud`: its parts in the order in which they need each other, and who hears whom.
#include "cloud/cloud.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/log.h"
#include "base/version.h"
#include "cloud/admission.h"
#include "cloud/api/framework/api_metrics.h"
#include "cloud/api/framework/api_server.h"
#include "cloud/api/lambda/artifact_download.h"
#include "cloud/authority/authority_files.h"
#include "cloud/broker/iot_rules.h"
#include "cloud/broker/newcomers.h"
#include "cloud/broker/policy_library.h"
#include "cloud/cloud_setup.h"
#include "cloud/control_plane.h"
#include "cloud/deployments/core_endpoint.h"
#include "cloud/deployments/remote_invocations.h"
#include "cloud/deployments/rollout.h"
#include "cloud/http_routes.h"
#include "cloud/instance_identity.h"
#include "cloud/metrics_endpoint.h"
#include "cloud/policy_upgrade.h"
#include "cloud/store/access_key_store.h"
#include "cloud/store/artifact_store.h"
#include "cloud/store/retained_store.h"
#include "cloud/store/schema.h"
#include "mqtt_server/server_metrics.h"
#include "sys/http/http_server.h"
#include "sys/loop/service_loop.h"
#include "sys/storage/file.h"

namespace fescue::cloud {

namespace {

constexpr std::string_view kCannotStart = "The control plane cannot start.";

/// What waits on both sides of a listener.
struct ListenerBudgets {
  BodyBudget bodies, answers;
};

std::shared_ptr<HttpServerOptions> server_options(RejectionLog& rejections, ListenerName listener,
                                                  std::size_t max_body_bytes, const ListenerBudgets& budgets) {
  auto options = std::make_shared<HttpServerOptions>();
  options->max_body_bytes = max_body_bytes;
  options->server_name = "Fescue";
  options->body_budget = budgets.bodies;
  options->answer_budget = budgets.answers;
  options->on_bad_request = [&rejections, listener](const Peer& peer, unsigned status, std::string_view why) {
    rejections.note(listener, "bad_request", peer.address, fmt::format("{} {}", status, why));
  };
  options->on_lost_answer = [&rejections, listener](const Peer& peer, std::string_view why) {
    rejections.note(listener, "unread_answer", peer.address, why);
  };
  return options;
}

BodyUse use_of(ListenerName listener, const BodyBudget& budget) { return {listener, budget.held(), budget.refused()}; }

HandshakeRefused note_handshakes(RejectionLog& rejections, ListenerName listener) {
  return [&rejections, listener](const Peer& peer, const Error& why) {
    rejections.note(listener, "handshake", peer.address, why.message());
  };
}

/// What must be there before anything is served; blocks, since nothing waits for it yet.
struct Foundation {
  Database database;
  Database retained;  // a second connection to the same file, for the thread that stores retained messages
  ArtifactStore artifacts;
  Authority authority;
  TlsIdentity identity;
  std::shared_ptr<TlsContext> api_tls;  // null: plain HTTP
};

/// Clients of the API are known by their signatures, not by certificates.
Result<std::shared_ptr<TlsContext>> make_api_tls(const CloudOptions& options, const Authority& authority) {
  if (!options.api_tls) return std::shared_ptr<TlsContext>();
  FESCUE_TRY(identity, make_server_identity(authority, {options.api.host}));
  return make_tls_server(identity, "");
}

/// With a key that was revoked the control plane serves all others.
Result<void> take_owner_key(Database& database, const CloudOptions& options, const AccessKey& key) {
  const auto taken = AccessKeyStore(database).set_owner_key(options.account, key, wall_now());
  if (taken) return ok();
  if (taken.error().code() != Code::conflict) return taken.error();
  log::error(
      "The access key of the owner's credentials file does not count any more; remove the file, and the next start "
      "makes another.",
      {{"file", options.run_directory + "/credentials"}, {"errorString", taken.error().message()}});
  return ok();
}

Result<Foundation> open_foundation(const CloudOptions& options, const CloudSetup& setup) {
  const std::string& data = options.data_directory;
  FESCUE_TRY(instance, resolve_identity(data, {options.region, options.account}));
  FESCUE_CHECK(keep_identity(data, instance));
  FESCUE_TRY(database, Database::open(data + "/fescue.db"));
  FESCUE_CHECK(database.migrate(migrations()));
  FESCUE_TRY(retained, Database::open(data + "/fescue.db"));
  FESCUE_TRY(artifacts, ArtifactStore::open(real_file_system(), data + "/artifacts"));
  FESCUE_TRY(authority, load_or_make_authority(data));
  auto identity = make_server_identity(authority, {options.iot_tls.host, options.discovery.host});
  if (!identity) return identity.error().in("certificates by the authority of " + data + "/ca.key");
  FESCUE_TRY(api_tls, make_api_tls(options, authority));

  FESCUE_CHECK(take_owner_key(database, options, setup.owner_key));
  FESCUE_CHECK(fill(setup.ca, authority.certificate_pem));
  return Foundation{.database = std::move(database),
                    .retained = std::move(retained),
                    .artifacts = std::move(artifacts),
                    .authority = std::move(authority),
                    .identity = std::move(*identity),
                    .api_tls = std::move(api_tls)};
}

std::string address_of(const Listeners& listeners) { return HostPort{listeners.host(), listeners.port}.str(); }

/// All the parts of the control plane, in the order in which they need each other: none knows one that follows it.
class Cloud {
 public:
  Cloud(ServiceLoop& loop, const CloudOptions& options, CloudSetup setup, Foundation foundation)
      : setup_(std::move(setup)),
        foundation_(std::move(foundation)),
        config_{options.region, options.account, options.data_directory, options.iot_tls.host, options.api_tls},
        ready_facts_(facts_of(setup_)),
        owners_(setup_.owner_ids),
        tasks_(loop.io()),
        policies_(foundation_.database, config_),
        broker_(loop.io(), iot_limits(), rules_),
        newcomers_(foundation_.database, broker_, config_),
        rollout_({.config = config_,
                  .database = foundation_.database,
                  .artifacts = foundation_.artifacts,
                  .broker = broker_,
                  .pool = pool_,
                  .tasks = tasks_,
                  .rejections = rejections_,
                  .now = wall_now}),
        invocations_(loop.io(), broker_),
        packages_(loop.io(), make_package_source(std::move(setup_.packages), pool_)),
        plane_{.config = config_,
               .database = foundation_.database,
               .artifacts = foundation_.artifacts,
               .rollout = rollout_,
               .broker = broker_,
               .invocations = invocations_,
               .pool = pool_,
               .authority = foundation_.authority,
               .rejections = rejections_,
               .policies = policies_,
               .cores = core_names_,
               .packages = packages_,
               .now = wall_now},
        api_server_(plane_, tasks_),
        downloads_(plane_, tasks_),
        core_endpoint_({.database = foundation_.database,
                        .artifacts = foundation_.artifacts,
                        .invocations = invocations_,
                        .pool = pool_,
                        .tasks = tasks_,
                        .rejections = rejections_}),
        metrics_(owners_, rejections_,
                 {process_metrics(kVersion, wall_now(), wall_now),
                  [&api = api_server_](MetricsText& out) { add_metrics(out, api.counters()); },
                  [&rejections = rejections_](MetricsText& out) { add_metrics(out, rejections.counts()); },
                  [&broker = broker_](MetricsText& out) { add_metrics(out, broker.counters()); },
                  [&newcomers = newcomers_](MetricsText& out) { add_metrics(out, newcomers.counts()); },
                  [&api = api_budgets_, &cores = core_budgets_](MetricsText& out) {
                    add_body_metrics(
                        out, {use_of(ListenerName::api, api.bodies), use_of(ListenerName::cores, cores.bodies)});
                    add_answer_metrics(
                        out, {use_of(ListenerName::api, api.answers), use_of(ListenerName::cores, cores.answers)});
                  }}) {}

  /// Brings back what outlived the last process, lets the parts hear each other, then opens the listeners.
  Result<void> connect() {
    FESCUE_CHECK(give_policies_to_cores(foundation_.database, config_, wall_now()));
    FESCUE_TRY(cores, CoreNames::load(foundation_.database));
    core_names_ = std::move(cores);
    FESCUE_CHECK(keep_retained());
    FESCUE_CHECK(rollout_.start());
    invocations_.start();
    serve_api();
    FESCUE_CHECK(serve_mqtt());
    return serve_cores();
  }

  const std::string& ready_facts() const { return ready_facts_; }

  Task<void> stop() {
    co_await broker_.stop();
    tasks_.stop();
    co_await tasks_.join();
  }

 private:
  static std::string facts_of(const CloudSetup& setup) {
    return boost::json::serialize(boost::json::object{{"api", address_of(setup.api)},
                                                      {"iot", address_of(setup.iot)},
                                                      {"iot_tls", address_of(setup.iot_tls)},
                                                      {"discovery", address_of(setup.discovery)}});
  }

  Result<void> keep_retained() {
    FESCUE_TRY(kept, RetainedStore(foundation_.database).load());
    broker_.keep_retained(std::move(kept), retained_pool_, [this](const RetainedChanges& changes) {
      return RetainedStore(foundation_.retained).apply(changes);
    });
    return ok();
  }

  /// Who answers on the API's port.
  std::vector<HttpRoute> api_routes() {
    return {{"metrics", is_metrics_path, [this](const HttpExchangePtr& exchange) { metrics_.handle(exchange); }},
            {"packages", is_artifact_download,
             [this](HttpExchangePtr exchange) { downloads_.handle(std::move(exchange)); }},
            {"API", any_path, [this](HttpExchangePtr exchange) { api_server_.handle(std::move(exchange)); }}};
  }

  std::shared_ptr<const HttpServerOptions> api_options() {
    auto options = server_options(rejections_, ListenerName::api, kMaxRequestBytes, api_budgets_);
    options->judge = [this](const HttpRequest& head, const Peer& peer) {
      const bool reads = is_metrics_path(head.path()) || is_artifact_download(head.path());
      return reads ? HeadVerdict{} : api_server_.judge(head, peer);
    };
    options->write_refusal = [this](const HttpRequest& head, const Peer& peer, unsigned status, std::string_view why) {
      return api_server_.write_refusal(head, peer, status, why);
    };
    return options;
  }

  void warn_of_open_api() const {
    const bool is_open = std::ranges::any_of(setup_.api.acceptors, [](const tcp::acceptor& acceptor) {
      return !acceptor.local_endpoint().address().is_loopback();
    });
    if (!is_open || foundation_.api_tls) return;
    log::warn("The API is plain HTTP and open to the network, where requests can be read and changed; use --api-tls.",
              {{"api", address_of(setup_.api)}});
  }

  void serve_api() {
    warn_of_open_api();
    auto handler = std::make_shared<const HttpHandler>(route_by_path(api_routes()));
    const StreamHandler serve = [this, handler, options = api_options()](StreamPtr stream) {
      serve_http(tasks_, std::move(stream), options, handler);
    };
    if (foundation_.api_tls) {
      accept_tls(tasks_, std::move(setup_.api), foundation_.api_tls, serve,
                 note_handshakes(rejections_, ListenerName::api));
    } else {
      accept_tcp(tasks_, std::move(setup_.api), serve);
    }
  }

  /// By certificates of our authority's, and of whoever's that `judge` takes.
  Result<std::shared_ptr<TlsContext>> make_mutual_tls(ForeignJudge judge) const {
    return make_tls_server(foundation_.identity, foundation_.authority.certificate_pem, std::move(judge));
  }

  Result<void> serve_mqtt() {
    FESCUE_TRY(tls, make_mutual_tls([this](const ForeignCertificate& shown) { return newcomers_.judge(shown); }));
    accept_tcp(tasks_, std::move(setup_.iot), [this](StreamPtr stream) {
      const Admission admission = admit_owner(stream->peer(), owners_);
      broker_.serve(std::move(stream), admission);
    });
    accept_tls(
        tasks_, std::move(setup_.iot_tls), tls,
        [this](StreamPtr stream) {
          const Admission admission = admit_by_certificate(foundation_.database, policies_, newcomers_, stream->peer());
          broker_.serve(std::move(stream), admission);
        },
        note_handshakes(rejections_, ListenerName::iot_tls));
    return ok();
  }

  Result<void> serve_cores() {
    FESCUE_TRY(tls,
               make_mutual_tls([this](const ForeignCertificate& shown) { return newcomers_.judge_registered(shown); }));
    auto handler = std::make_shared<const HttpHandler>(
        [this](HttpExchangePtr exchange) { core_endpoint_.handle(std::move(exchange)); });
    auto options = server_options(rejections_, ListenerName::cores, kMaxCoreRequestBytes, core_budgets_);
    options->origin_of = [](const Peer& peer) { return "certificate " + peer.certificate_sha256; };
    options->judge = [this](const HttpRequest& head, const Peer& peer) { return core_endpoint_.judge(head, peer); };
    accept_tls(
        tasks_, std::move(setup_.discovery), tls,
        [this, handler, options = std::move(options)](StreamPtr stream) {
          serve_http(tasks_, std::move(stream), options, handler);
        },
        note_handshakes(rejections_, ListenerName::cores));
    return ok();
  }

  CloudSetup setup_;
  Foundation foundation_;
  CloudConfig config_;
  std::string ready_facts_;
  Owners owners_;
  RejectionLog rejections_;
  BlockingPool pool_;
  BlockingPool retained_pool_{1};  // of its own: an acknowledgement does not wait for an archive
  TaskGroup tasks_;
  PolicyLibrary policies_;
  CoreNames core_names_;
  IotRules rules_{core_names_};
  MqttServer broker_;
  Newcomers newcomers_;
  Rollout rollout_;
  RemoteInvocations invocations_;
  PackageFetcher packages_;
  ControlPlane plane_;
  ApiServer api_server_;
  ArtifactDownloads downloads_;
  CoreEndpoint core_endpoint_;
  ListenerBudgets api_budgets_{
      .bodies = BodyBudget({.of_origin = kMaxUnverifiedOfOrigin, .in_all = kMaxUnverifiedInAll}),
      .answers =
          BodyBudget({.of_origin = kMaxAnswersOfOrigin, .in_all = kMaxAnswersInAll, .reserve = kMaxAnswersInAll / 4})};
  ListenerBudgets core_budgets_{
      .bodies = BodyBudget({.of_origin = kMaxCoreBodiesOfOrigin, .in_all = kMaxCoreBodiesInAll}),
      .answers = BodyBudget(
          {.of_origin = kMaxCoreBodiesOfOrigin, .in_all = kMaxCoreBodiesInAll, .reserve = kMaxCoreBodiesInAll / 4})};
  MetricsEndpoint metrics_;
};

Task<int> serve(ServiceLoop& loop, CloudOptions options, CloudSetup setup, Foundation foundation) {
  Cloud cloud(loop, options, std::move(setup), std::move(foundation));
  const auto started = cloud.connect();
  if (!started) co_return loop.refuse_start(kCannotStart, started.error());
  loop.announce_ready(cloud.ready_facts());
  if (options.on_ready) options.on_ready(cloud.ready_facts());
  log::info("The control plane is ready.", {{"version", kVersion}});
  co_await loop.stop_requested();
  co_await cloud.stop();
  log::info("The control plane has stopped.");
  co_return 0;
}

}  // namespace

int run_cloud(const CloudOptions& options, Fd control) {
  ServiceLoop loop(std::move(control));
  auto setup = set_up_cloud(loop.io(), options);
  if (!setup) return loop.refuse_start(kCannotStart, setup.error());
  auto foundation = open_foundation(options, *setup);
  if (!foundation) return loop.refuse_start(kCannotStart, foundation.error());
  return loop.run([&] { return serve(loop, options, std::move(*setup), std::move(*foundation)); });
}

}  // namespace fescue::cloud
