// What the core tells a worker by environment variables.
#include "environment.h"

#include <cstring>

#include "log.h"

namespace fescue {

namespace {

std::string_view variable(const char* name, std::string_view otherwise = "") {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : std::string_view(value, std::strlen(value));
}

gg_error check_encoding() {
  // V1's executables take bytes alone; a worker that would answer JSON callers with anything else must not start.
  const std::string_view encoding = variable("ENCODING_TYPE", "binary");
  if (encoding == "binary") return GGE_SUCCESS;
  log_line(GG_LOG_FATAL, "ENCODING_TYPE is \"%.*s\": executables support the binary encoding only",
           static_cast<int>(encoding.size()), encoding.data());
  return GGE_INVALID_STATE;
}

}  // namespace

gg_error read_environment(Environment& out) {
  out.function_arn.append(variable("MY_FUNCTION_ARN"));
  out.token.append(variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
  out.socket.append(variable("IPC_SOCK_FILE"));
  out.router_arn.append(variable("ROUTER_FUNCTION_ARN", "arn:aws:lambda:::function:GGRouter"));
  out.shadow_arn.append(variable("SHADOW_FUNCTION_ARN", "arn:aws:lambda:::function:GGShadowService"));
  out.secrets_arn.append(variable("SECRETS_MANAGER_FUNCTION_ARN", "arn:aws:lambda:::function:GGSecretManager:1"));
  const auto port = parse_decimal(variable("GG_DAEMON_PORT", "8000"));
  out.port = static_cast<std::uint16_t>(port && *port <= 65535 ? *port : 8000);
  for (const Buffer* text :
       {&out.function_arn, &out.token, &out.socket, &out.router_arn, &out.shadow_arn, &out.secrets_arn}) {
    if (!text->ok()) return GGE_OUT_OF_MEMORY;
  }
  if (out.function_arn.size() == 0 || out.token.size() == 0) {
    log_line(GG_LOG_FATAL, "MY_FUNCTION_ARN and AWS_CONTAINER_AUTHORIZATION_TOKEN are not set: not started by a core");
    return GGE_INVALID_STATE;
  }
  return check_encoding();
}

}  // namespace fescue
