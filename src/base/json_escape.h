// The one piece of JSON that the bottom layer needs: quoting a string for a log line. Own code, because Boost.JSON's
// serializer copies bytes that are not UTF-8 as they are, and log lines hold what functions wrote.
#pragma once

#include <string>
#include <string_view>

namespace fescue {

/// `text` as a JSON string literal with its quotes; quotes and what printable.h calls unprintable are escaped, other
/// UTF-8 passes through, and each byte that is none becomes U+FFFD, so that the literal is always good JSON.
std::string json_quote(std::string_view text);

}  // namespace fescue
