// The services' names for each Code, and the body and headers that carry a name.
#include "cloud/api/framework/errors.h"

namespace fescue::cloud {

namespace {

struct Name {
  unsigned status;
  std::string_view name;
};

/// What services call the same thing. All of them have one for each.
struct Names {
  Name invalid, not_found, exists, conflict, too_large, exhausted, internal;
};

Names names_of(Service service) {
  switch (service) {
    case Service::greengrass:
      return {{400, "BadRequestException"},         {404, "IdNotFoundException"}, {400, "BadRequestException"},
              {400, "BadRequestException"},         {400, "BadRequestException"}, {400, "BadRequestException"},
              {500, "InternalServerErrorException"}};
    case Service::lambda:
      return {{400, "InvalidParameterValueException"},
              {404, "ResourceNotFoundException"},
              {409, "ResourceConflictException"},
              {409, "ResourceConflictException"},
              {413, "RequestTooLargeException"},
              {429, "TooManyRequestsException"},
              {500, "ServiceException"}};
    case Service::iot:
    case Service::keys:
      return {{400, "InvalidRequestException"},        {404, "ResourceNotFoundException"},
              {409, "ResourceAlreadyExistsException"}, {409, "ConflictingResourceUpdateException"},
              {400, "InvalidRequestException"},        {410, "LimitExceededException"},
              {500, "InternalFailureException"}};
    case Service::iot_data:
      return {{400, "InvalidRequestException"}, {404, "ResourceNotFoundException"},      {409, "ConflictException"},
              {409, "ConflictException"},       {413, "RequestEntityTooLargeException"}, {429, "ThrottlingException"},
              {500, "InternalFailureException"}};
    case Service::secrets_manager:
      return {{400, "InvalidParameterException"}, {400, "ResourceNotFoundException"}, {400, "ResourceExistsException"},
              {400, "InvalidRequestException"},   {400, "InvalidParameterException"}, {400, "LimitExceededException"},
              {500, "InternalServiceError"}};
    case Service::logs:
      return {{400, "InvalidParameterException"},      {400, "ResourceNotFoundException"},
              {400, "ResourceAlreadyExistsException"}, {400, "OperationAbortedException"},
              {400, "InvalidParameterException"},      {400, "LimitExceededException"},
              {500, "ServiceUnavailableException"}};
    case Service::sts:
      return {{400, "ValidationError"}, {404, "NoSuchEntity"},  {409, "EntityAlreadyExists"}, {409, "Conflict"},
              {413, "RequestTooLarge"}, {400, "LimitExceeded"}, {500, "InternalFailure"}};
  }
  return {};
}

Name name_for(Service service, Code code) {
  const Names names = names_of(service);
  switch (code) {
    case Code::invalid_argument:
      return names.invalid;
    case Code::not_found:
      return names.not_found;
    case Code::already_exists:
      return names.exists;
    case Code::conflict:
      return names.conflict;
    case Code::too_large:
      return names.too_large;
    case Code::resource_exhausted:
      return names.exhausted;
    case Code::permission_denied:
      return {403, "AccessDeniedException"};
    case Code::unauthenticated:
      return {403, "UnrecognizedClientException"};
    case Code::unimplemented:
      return {400, "NotImplementedException"};
    case Code::timeout:
    case Code::unavailable:
    case Code::cancelled:
      return {503, "ServiceUnavailableException"};
    case Code::io:
    case Code::internal:
      return names.internal;
  }
  return names.internal;
}

std::string escape_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // Control characters have no place in XML 1.0.
        out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
  }
  return out;
}

HttpResponse sts_error(const ApiError& error, std::string_view request_id) {
  std::string body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>" +
                     std::string(error.status >= 500 ? "Receiver" : "Sender") + "</Type><Code>" +
                     escape_xml(error.name) + "</Code><Message>" + escape_xml(error.message) +
                     "</Message></Error><RequestId>" + escape_xml(request_id) + "</RequestId></ErrorResponse>";
  return make_response(error.status, "text/xml", std::move(body));
}

/// The spelling of the sentence's member: Greengrass and Secrets Manager use a capital, Lambda for two of its errors.
std::string_view message_member(Service service, std::string_view name) {
  switch (service) {
    case Service::greengrass:
    case Service::secrets_manager:
      return "Message";
    case Service::lambda:
      return name == "ResourceNotFoundException" || name == "ServiceException" ? "Message" : "message";
    default:
      return "message";
  }
}

bool is_target_protocol(Service service) { return service == Service::secrets_manager || service == Service::logs; }

}  // namespace

ApiError with_name(Service service, ApiError error) {
  if (!error.name.empty()) return error;
  const Name name = name_for(service, error.code);
  error.status = name.status;
  error.name = name.name;
  return error;
}

HttpResponse error_response(Service service, ApiError error, std::string_view request_id) {
  error = with_name(service, std::move(error));
  if (service == Service::sts) return sts_error(error, request_id);

  json::object body = std::move(error.extra);
  if (service == Service::lambda) body["Type"] = "User";
  if (is_target_protocol(service)) body["__type"] = error.name;
  body[message_member(service, error.name)] = error.message;
  const std::string_view type = is_target_protocol(service) ? "application/x-amz-json-1.1" : media_type::kJson;
  HttpResponse response = make_response(error.status, type, json::serialize(body));
  response.headers.add("x-amzn-ErrorType", error.name);
  return response;
}

ApiError signature_error(Service service, const SigV4Failure& failure) {
  const bool sts = service == Service::sts;
  switch (failure.fault) {
    case SigV4Fault::missing:
      return {403, sts ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException", failure.message};
    case SigV4Fault::incomplete:
      return {400, sts ? "IncompleteSignature" : "IncompleteSignatureException", failure.message};
    case SigV4Fault::unknown_key:
      return {403, sts ? "InvalidClientTokenId" : "UnrecognizedClientException", failure.message};
    case SigV4Fault::wrong_signature:
      return {403, sts ? "SignatureDoesNotMatch" : "InvalidSignatureException", failure.message};
    case SigV4Fault::expired:
      return {403, sts ? "RequestExpired" : "InvalidSignatureException", failure.message};
  }
  return {};
}

ApiError session_expired(Service service) {
  const bool sts = service == Service::sts;
  return {403, sts ? "ExpiredToken" : "ExpiredTokenException", "The security token included in the request is expired"};
}

ApiError constraint_error(Service service, std::string message) {
  const bool own_name = service == Service::lambda;
  if (own_name) return {400, "ValidationException", std::move(message)};
  return Error(Code::invalid_argument, std::move(message));
}

}  // namespace fescue::cloud
