// The CLI11 options that hold a WantedIdentity.
#include "cli/identity_options.h"

namespace fescue::cli {

namespace {

template <class Name, class Parse>
void add(CLI::App& verb, const char* option, std::optional<Name>& out, Parse parse, const std::string& help,
         const Name& fallback) {
  const auto assign = [&out, parse](const std::string& text) {
    auto name = parse(text);
    if (!name) throw CLI::ValidationError(name.error().message());
    out = std::move(*name);
  };
  verb.add_option_function<std::string>(option, assign, help)->default_str(fallback.str());
}

}  // namespace

void add_identity(CLI::App& verb, cloud::WantedIdentity& out) {
  const cloud::InstanceIdentity defaults;
  add(verb, "--region", out.region, cloud::parse_region, "The region in ARNs; as at the first start", defaults.region);
  add(verb, "--account", out.account, cloud::parse_account_id, "The account in ARNs; as at the first start",
      defaults.account);
}

}  // namespace fescue::cli
