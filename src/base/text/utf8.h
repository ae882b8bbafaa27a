// UTF-8 well-formedness (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace fescue {

bool is_valid_utf8(std::string_view text);

/// The length of the well-formed sequence that `text` begins with; 0 when it begins with none.
std::size_t utf8_sequence(std::string_view text);

/// Characters, as code points. Of text that is not well-formed each stray byte of a sequence counts with its lead.
std::size_t utf8_length(std::string_view text);

/// The longest start of `text` that has at most `most` bytes and does not end within a character.
std::string_view utf8_start(std::string_view text, std::size_t most);

}  // namespace fescue
