// Findings about the installation, a core's directory and its certificate.
#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>

#include "core/doctor/doctor.h"
#include "core/layout.h"
#include "core/runtime_files.h"
#include "functions/launch/interpreters.h"
#include "functions/launch/run_as.h"
#include "sandbox/launcher/launcher_process.h"
#include "sandbox/launcher/policy.h"
#include "sys/storage/file.h"
#include "sys/tls/x509.h"

namespace fescue::doctor {

namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;
constexpr std::chrono::hours kSoon{24 * 30};

std::string day_of(WallTime time) { return iso8601_utc(time).substr(0, 10); }

Finding certificate_finding(const CertificateInfo& certificate, WallTime now) {
  const std::string span =
      fmt::format("valid from {} to {}", day_of(certificate.not_before), day_of(certificate.not_after));
  if (now < certificate.not_before || now > certificate.not_after) {
    return {"certificate", Verdict::problem, "the core's certificate is not valid now: " + span,
            "set the clock, or give the core a new certificate"};
  }
  if (certificate.not_after - now < kSoon) {
    return {"certificate", Verdict::warning, "the core's certificate ends soon: " + span, "give the core a new one"};
  }
  return {"certificate", Verdict::good, span};
}

}  // namespace

Findings check_installation() {
  Findings out;
  const auto launcher = launcher_path();
  if (launcher && ::access(launcher->c_str(), X_OK) == 0) {
    out.push_back({"installation", Verdict::good, *launcher});
  } else {
    out.push_back({"installation", Verdict::problem,
                   launcher ? "no " + *launcher + ", which starts the functions" : launcher.error().message(),
                   "install it beside fescue (it is built with it)"});
  }
  const auto place = find_installation("");
  if (place) {
    out.push_back({"installation", Verdict::good, "language runtimes in " + *place + "/runtimes"});
  } else {
    out.push_back({"installation", Verdict::problem, place.error().message(), "install runtimes/ and sdk/"});
  }
  return out;
}

Findings check_root(const std::string& root) {
  const auto user = resolve_run_as({}, {});
  if (::geteuid() != 0 || !user) return {};  // functions run as we do, or as nobody yet
  // What is not there yet will be made passable.
  std::filesystem::path there = root;
  while (!std::filesystem::exists(there) && there.has_relative_path()) there = there.parent_path();
  const auto passable = check_passable(there, *user);
  const bool is_there = there == std::filesystem::path(root);
  if (passable && !is_there) {
    return {{"root", Verdict::good, "there is no " + root + " yet: `fescue up --root " + root + "` makes it"}};
  }
  if (passable) return {{"root", Verdict::good, root + " can be reached by functions"}};
  return {{"root", Verdict::problem, passable.error().message(),
           "let others pass through it (chmod o+x), or choose another root"}};
}

Findings check_core(const std::string& core_root, WallTime now) {
  const CoreLayout layout{core_root};
  const auto text = real_file_system().read(layout.config_file(), kMaxFile);
  if (!text) {
    return {{"core", Verdict::problem, text.error().message(), "run as the core's owner, usually root"}};
  }
  const auto config = parse_core_config(*text, core_root);
  if (!config) {
    return {{"core", Verdict::problem, config.error().in(layout.config_file()).message(), "correct the file"}};
  }
  Findings out{{"core", Verdict::good, layout.config_file()}};
  if (const auto trusted = only_root_can_write(layout.config_file()); !trusted) {
    out[0] = {"core", Verdict::problem, trusted.error().message(), "the core does not start with it"};
  }
  if (const auto key = real_file_system().read(config->private_key_path, kMaxFile); !key) {
    out.push_back({"core", Verdict::problem, "the private key: " + key.error().message(), "see crypto in config.json"});
  }
  const auto pem = real_file_system().read(config->certificate_path, kMaxFile);
  const auto certificate = pem ? inspect_certificate(*pem) : Result<CertificateInfo>(pem.error());
  if (certificate) {
    out.push_back(certificate_finding(*certificate, now));
  } else {
    out.push_back({"certificate", Verdict::problem, certificate.error().message(), "see crypto in config.json"});
  }
  return out;
}

}  // namespace fescue::doctor
