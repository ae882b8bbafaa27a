// Requests of the local API as bytes (docs/compatibility/local-api.md#requests).
#pragma once

#include "bytes.h"

namespace fescue {

/// "METHOD /2016-11-01/functions/ARN[suffix] HTTP/1.1" with Host and Authorization. Appends.
void begin_head(Buffer& out, std::string_view method, std::string_view function_arn, std::string_view suffix,
                std::string_view token);
void add_header(Buffer& out, std::string_view name, std::string_view value);
/// Content-Length and the blank line.
void end_head(Buffer& out, std::size_t body_size);

/// Whether `text` can be part of a request line or header: visible ASCII alone.
bool is_word(std::string_view text);

}  // namespace fescue
