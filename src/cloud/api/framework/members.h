// Typed access to the members of a request: its JSON body, its query and its labels. Every refusal names the member by
// its path ("InitialVersion.Cores[0].ThingArn") and what was expected, under the error name that the service uses for
// it (errors.h): a wrong JSON type is SerializationException, a broken constraint ValidationException (Lambda),
// BadRequestException (Greengrass), InvalidRequestException (IoT).
//
//   const Members body(request);
//   FESCUE_CO_TRY(name, body.required_string("Name", {.max = 128}));
//   FESCUE_CO_TRY(timeout, body.optional_integer("Timeout", 1, 900));
//   FESCUE_CO_TRY(tags, body.optional_string_map("tags"));  // absent: empty
//
// A member that is null counts as absent. Members borrows from the request, which must outlive it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/api/framework/operation.h"

namespace fescue::cloud {

/// What a string must look like. Lengths count characters; `allowed` judges each character, and `pattern` tells people.
struct TextRule {
  std::size_t min = 0;
  std::size_t max = 65'536;
  bool (*allowed)(char) = nullptr;
  std::string_view pattern = "";
};

/// Whether `text` keeps the rule; the error calls it `what`.
ApiValue<void> check_text(Service service, std::string_view what, std::string_view text, const TextRule& rule);

class Members {
 public:
  explicit Members(const ApiRequest& request) : Members(request.operation->service, request.body, "") {}
  Members(Service service, const json::object& object, std::string path)
      : service_(service), object_(&object), path_(std::move(path)) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  const json::object& raw() const { return *object_; }
  /// "InitialVersion.Cores[0].ThingArn"
  std::string path_of(std::string_view name) const;

  ApiValue<std::string> required_string(std::string_view name, const TextRule& rule = {.min = 1}) const;
  ApiValue<std::optional<std::string>> optional_string(std::string_view name, const TextRule& rule = {}) const;
  ApiValue<std::optional<std::int64_t>> optional_integer(std::string_view name, std::int64_t min,
                                                         std::int64_t max) const;
  ApiValue<std::optional<bool>> optional_bool(std::string_view name) const;
  ApiValue<std::optional<Members>> optional_object(std::string_view name) const;
  ApiValue<Members> required_object(std::string_view name) const;
  /// Lists and maps: absent is empty.
  ApiValue<std::vector<std::string>> optional_strings(std::string_view name) const;
  ApiValue<std::vector<Members>> optional_objects(std::string_view name) const;
  ApiValue<std::map<std::string, std::string>> optional_string_map(std::string_view name) const;

  /// An error about a member: "Cores[0].ThingArn: <problem>".
  ApiError refuse(std::string_view name, std::string_view problem) const;

 private:
  const json::value* find(std::string_view name) const;
  ApiError wrong_type(std::string_view name, std::string_view expected) const;

  Service service_;
  const json::object* object_;
  std::string path_;
};

/// Query parameters. An absent or empty one is absent.
ApiValue<std::optional<std::int64_t>> query_integer(const ApiRequest& request, std::string_view name, std::int64_t min,
                                                    std::int64_t max);
ApiValue<std::optional<bool>> query_bool(const ApiRequest& request, std::string_view name);
/// All values of a repeated parameter (tagKeys=a&tagKeys=b).
std::vector<std::string> query_list(const ApiRequest& request, std::string_view name);

}  // namespace fescue::cloud
