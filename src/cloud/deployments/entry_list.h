// Reading the list of entries that a version of a definition is.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text/ascii.h"
#include "model/deployment.h"
#include "model/json_reader.h"

namespace fescue::cloud {

inline constexpr std::size_t kMaxEntryId = 128;
inline constexpr std::size_t kMaxEntries = 10000;
/// Of memory and disk space; a bound against overflow.
inline constexpr std::int64_t kMaxKilobytes = std::int64_t{1} << 40;

inline bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMaxEntryId &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == ':' || c == '_' || c == '-'; });
}

inline Result<std::string> read_id(const JsonReader& entry, std::string_view member) {
  FESCUE_TRY(id, entry.string(member));
  if (is_id(id)) return id;
  return entry.error(
      fmt::format("{} \"{}\" does not match [a-zA-Z0-9:_-]{{1,128}}", member, id.substr(0, kMaxEntryId)));
}

/// Reads the entries of one list. What `read` refuses becomes a problem under `code`.
class EntryList {
 public:
  EntryList(const boost::json::value& body, std::string_view member, std::string_view code,
            std::vector<ErrorDetail>& problems)
      : root_(body, ""), member_(member), code_(code), problems_(problems) {}

  template <class Entry, class Read>
  void read(Read read, std::vector<Entry>& into) {
    const std::optional<JsonReader> list = root_.find(member_);
    if (!list) return;
    const auto items = list->items();
    if (!items) return add(code_, items.error().message());
    if (items->size() > kMaxEntries)
      return add(code_, fmt::format("{} has more than {} entries", member_, kMaxEntries));
    for (const JsonReader& item : *items) {
      check_id(item);
      Result<Entry> entry = read(item);
      if (entry) {
        into.push_back(std::move(*entry));
      } else {
        add(code_, entry.error().message());
      }
    }
  }

  void add(std::string_view code, std::string message) { problems_.push_back({std::string(code), std::move(message)}); }

 private:
  void check_id(const JsonReader& item) {
    const auto id = read_id(item, "Id");
    if (!id) {
      add("InvalidId", id.error().message());
    } else if (!ids_.insert(*id).second) {
      add("InvalidId", item.error(fmt::format("there is another entry with the Id \"{}\"", *id)).message());
    }
  }

  JsonReader root_;
  std::string_view member_, code_;
  std::vector<ErrorDetail>& problems_;
  std::set<std::string> ids_;
};

}  // namespace fescue::cloud
