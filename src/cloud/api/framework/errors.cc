// The services' names for each Code, and for signatures that are refused.
#include "cloud/api/framework/errors.h"

#include "cloud/api/framework/error_forms.h"

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

/// Services with answers in XML have names without "Exception".
bool has_short_names(Service service) { return service == Service::sts || service == Service::iam; }

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
    case Service::iam:
      return {{400, "ValidationError"}, {404, "NoSuchEntity"},  {409, "EntityAlreadyExists"}, {409, "DeleteConflict"},
              {409, "LimitExceeded"},   {409, "LimitExceeded"}, {500, "ServiceFailure"}};
    case Service::sts:
    case Service::unserved:
      return {{400, "ValidationError"}, {404, "NoSuchEntity"},  {409, "EntityAlreadyExists"}, {409, "Conflict"},
              {413, "RequestTooLarge"}, {400, "LimitExceeded"}, {500, "InternalFailure"}};
  }
  return {};
}

Name name_for(Service service, Code code) {
  const Names names = names_of(service);
  const bool is_short = has_short_names(service);
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
      return {403, is_short ? "AccessDenied" : "AccessDeniedException"};
    case Code::unauthenticated:
      return {403, is_short ? "InvalidClientTokenId" : "UnrecognizedClientException"};
    case Code::unimplemented:
      return {400, "NotImplementedException"};
    case Code::timeout:
    case Code::unavailable:
    case Code::cancelled:
      return {503, is_short ? "ServiceUnavailable" : "ServiceUnavailableException"};
    case Code::io:
    case Code::internal:
      return names.internal;
  }
  return names.internal;
}

}  // namespace

ApiError with_name(Service service, ApiError error) {
  if (!error.name.empty()) return error;
  const Name name = name_for(service, error.code);
  error.status = name.status;
  error.name = name.name;
  return error;
}

HttpResponse error_response(const Addressee& addressee, ApiError error, std::string_view request_id) {
  return write_error(addressee, with_name(addressee.service, std::move(error)), request_id);
}

ApiError signature_error(Service service, const SigV4Failure& failure) {
  const bool is_short = has_short_names(service);
  switch (failure.fault) {
    case SigV4Fault::missing:
      return {403, is_short ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException", failure.message};
    case SigV4Fault::incomplete:
      return {400, is_short ? "IncompleteSignature" : "IncompleteSignatureException", failure.message};
    case SigV4Fault::unknown_key:
      return {403, is_short ? "InvalidClientTokenId" : "UnrecognizedClientException", failure.message};
    case SigV4Fault::wrong_signature:
      return {403, is_short ? "SignatureDoesNotMatch" : "InvalidSignatureException", failure.message};
    case SigV4Fault::expired:
      return {403, is_short ? "RequestExpired" : "InvalidSignatureException", failure.message};
  }
  return {};
}

ApiError session_expired(Service service) {
  const bool is_short = has_short_names(service);
  return {403, is_short ? "ExpiredToken" : "ExpiredTokenException",
          "The security token included in the request is expired"};
}

ApiError constraint_error(Service service, std::string message) {
  const bool own_name = service == Service::lambda;
  if (own_name) return {400, "ValidationException", std::move(message)};
  return Error(Code::invalid_argument, std::move(message));
}

}  // namespace fescue::cloud
