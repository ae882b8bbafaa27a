// The CLI11 option that holds a HostPort.
#include "cli/address_option.h"

namespace fescue::cli {

CLI::Option* add_address(CLI::App& verb, const std::string& name, HostPort& out, const std::string& help) {
  const auto assign = [&out](const std::string& text) {
    const auto address = parse_host_port(text);
    if (!address) throw CLI::ValidationError(address.error().message());
    out = *address;
  };
  return verb.add_option_function<std::string>(name, assign, help)->type_name("HOST:PORT")->default_str(out.str());
}

}  // namespace fescue::cli
