// The answer that carries an error, in each of the forms that clients of AWS's services read
// (docs/compatibility/api.md#errors). No I/O.
#pragma once

#include <string>
#include <string_view>

#include "cloud/api/framework/addressee.h"

namespace fescue::cloud {

/// `error` has its name and status.
HttpResponse write_error(const Addressee& addressee, ApiError error, std::string_view request_id);

std::string escape_xml(std::string_view text);

/// Of answers in XML: "https://sts.amazonaws.com/doc/2011-06-15/"; empty for services that are not served.
std::string_view xml_namespace(Service service);

}  // namespace fescue::cloud
