// Tokens of pages, and the page parameters of a query.
#include "cloud/api/framework/pages.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "cloud/api/framework/errors.h"
#include "cloud/api/framework/members.h"

namespace fescue::cloud {

namespace {

/// "1\n<operation>\n<key>" in base64; the number is the form's version.
constexpr std::string_view kTokenVersion = "1";

std::string token_prefix(const ApiRequest& request) {
  return fmt::format("{}\n{}\n", kTokenVersion, request.operation->name);
}

ApiValue<std::string> read_token(const ApiRequest& request, std::string_view name, std::string_view token) {
  if (token.empty()) return std::string();
  const auto text = base64_decode(token);
  const std::string prefix = token_prefix(request);
  if (!text || !text->starts_with(prefix) || text->size() == prefix.size()) {
    return constraint_error(request.operation->service,
                            fmt::format("{} is not a token that {} gave.", name, request.operation->name));
  }
  return text->substr(prefix.size());
}

}  // namespace

ApiValue<Page> query_page(const ApiRequest& request, const PageRule& rule) {
  FESCUE_TRY(size, query_integer(request, rule.size, 1, rule.max_size));
  FESCUE_TRY(after, read_token(request, rule.token, request.query_or(rule.token, "")));
  return Page{static_cast<std::size_t>(size.value_or(rule.default_size)), std::move(after)};
}

std::string page_token(const ApiRequest& request, std::string_view last_key) {
  return base64_encode(token_prefix(request) + std::string(last_key));
}

}  // namespace fescue::cloud
