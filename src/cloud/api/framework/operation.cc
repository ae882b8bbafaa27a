// Names of services, and the two plain forms of an answer.
#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

std::string_view name_of(Service service) {
  switch (service) {
    case Service::greengrass:
      return "greengrass";
    case Service::lambda:
      return "lambda";
    case Service::iot:
      return "iot";
    case Service::iot_data:
      return "iot-data";
    case Service::sts:
      return "sts";
    case Service::secrets_manager:
      return "secretsmanager";
    case Service::logs:
      return "logs";
    case Service::iam:
      return "iam";
    case Service::unserved:
      return "unserved";
    case Service::keys:
      return "fescue";
  }
  return "unknown";
}

void throw_exception_from_error(const ApiError& error, const boost::source_location& where) {
  assertion_failed(error.message.c_str(), where.file_name(), static_cast<int>(where.line()));
}

std::string ApiRequest::query_or(std::string_view name, std::string_view fallback) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::string(fallback);
}

HttpResponse json_response(unsigned status, const json::value& body) {
  return make_response(status, media_type::kJson, json::serialize(body));
}

HttpResponse empty_response(unsigned status) { return {status, {}, ""}; }

}  // namespace fescue::cloud
