// Lists in pages. A page token is opaque to clients: it holds the name of the operation and the key of the last item
// that was given, so that a list goes on where it stopped even if items came or went in between.
//
//   FESCUE_CO_TRY(page, query_page(request, {.size = "maxResults", .token = "nextToken"}));
//   FESCUE_CO_TRY(things, store.list(page.after, page.limit + 1));      // one more tells whether there is more
//   auto next = cut_page(request, page, things, [](const Thing& thing) { return thing.name.str(); });
//   if (next) body["nextToken"] = *next;
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

/// How a list calls its parameters, and their bounds.
struct PageRule {
  std::string_view size, token;
  std::int64_t default_size = 250;
  std::int64_t max_size = 250;
};

struct Page {
  std::size_t limit;
  std::string after;  // key of the last item already given; empty on the first page
};

/// The page that a request's query asks for. Errors: a size outside 1..max_size, or a
/// token that this operation did not make.
ApiValue<Page> query_page(const ApiRequest& request, const PageRule& rule);

std::string page_token(const ApiRequest& request, std::string_view last_key);

/// Leaves at most page.limit of `items` and gives the token of the next page, if there was more.
template <class Item, class KeyOf>
std::optional<std::string> cut_page(const ApiRequest& request, const Page& page, std::vector<Item>& items,
                                    KeyOf key_of) {
  if (items.size() <= page.limit) return std::nullopt;
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(page.limit), items.end());
  return page_token(request, key_of(items.back()));
}

}  // namespace fescue::cloud
