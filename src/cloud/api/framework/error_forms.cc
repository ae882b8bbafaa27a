// Headers and bodies of errors: JSON in two ways, CBOR, XML in three.
#include "cloud/api/framework/error_forms.h"

#include <fmt/format.h>

namespace fescue::cloud {

namespace {

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

HttpResponse json_error(const Addressee& addressee, ApiError error) {
  const bool in_body = addressee.form == ErrorForm::json;
  json::object body = std::move(error.extra);
  if (addressee.service == Service::lambda) body["Type"] = "User";
  if (in_body) body["__type"] = error.name;
  body[message_member(addressee.service, error.name)] = error.message;
  const std::string_view type = in_body ? "application/x-amz-json-1.1" : media_type::kJson;
  HttpResponse response = make_response(error.status, type, json::serialize(body));
  response.headers.add("x-amzn-ErrorType", error.name);
  return response;
}

/// RFC 8949, 3.1: a head of type 3 with the length, then the bytes. Errors are shorter than 64 kB.
std::string cbor_text(std::string_view text) {
  text = text.substr(0, 0xffff);
  std::string head;
  if (text.size() < 24) {
    head.push_back(static_cast<char>(0x60 | text.size()));
  } else {
    head.push_back('\x79');
    head.push_back(static_cast<char>(text.size() >> 8));
    head.push_back(static_cast<char>(text.size() & 0xff));
  }
  return head + std::string(text);
}

HttpResponse cbor_error(const ApiError& error) {
  const std::string body = std::string(1, '\xa2') + cbor_text("__type") + cbor_text(error.name) + cbor_text("message") +
                           cbor_text(error.message);
  HttpResponse response = make_response(error.status, "application/cbor", body);
  response.headers.add("smithy-protocol", "rpc-v2-cbor");
  return response;
}

std::string code_and_message(const ApiError& error) {
  return fmt::format("<Code>{}</Code><Message>{}</Message>", escape_xml(error.name), escape_xml(error.message));
}

std::string query_body(const Addressee& addressee, const ApiError& error, std::string_view request_id) {
  const std::string_view space = xml_namespace(addressee.service);
  return fmt::format("<ErrorResponse{}><Error><Type>{}</Type>{}</Error><RequestId>{}</RequestId></ErrorResponse>",
                     space.empty() ? "" : fmt::format(" xmlns=\"{}\"", space),
                     error.status >= 500 ? "Receiver" : "Sender", code_and_message(error), request_id);
}

std::string ec2_body(const ApiError& error, std::string_view request_id) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Response><Errors><Error>{}</Error></Errors><RequestID>{}</RequestID></Response>",
      code_and_message(error), request_id);
}

std::string s3_body(const ApiError& error, std::string_view request_id) {
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{}<RequestId>{}</RequestId></Error>",
                     code_and_message(error), request_id);
}

}  // namespace

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

std::string_view xml_namespace(Service service) {
  if (service == Service::sts) return "https://sts.amazonaws.com/doc/2011-06-15/";
  if (service == Service::iam) return "https://iam.amazonaws.com/doc/2010-05-08/";
  return "";
}

HttpResponse write_error(const Addressee& addressee, ApiError error, std::string_view request_id) {
  switch (addressee.form) {
    case ErrorForm::rest_json:
    case ErrorForm::json:
      return json_error(addressee, std::move(error));
    case ErrorForm::cbor:
      return cbor_error(error);
    case ErrorForm::query:
      return make_response(error.status, "text/xml", query_body(addressee, error, request_id));
    case ErrorForm::ec2:
      return make_response(error.status, "text/xml", ec2_body(error, request_id));
    case ErrorForm::s3:
      return make_response(error.status, "application/xml", s3_body(error, request_id));
  }
  return json_error(addressee, std::move(error));
}

}  // namespace fescue::cloud
