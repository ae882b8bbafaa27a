// Reading members of each type, and the refusals by service.
#include "cloud/api/framework/members.h"

#include <gtest/gtest.h>

#include "cloud/api/framework/errors.h"

namespace fescue::cloud {
namespace {

class MembersTest : public testing::Test {
 protected:
  Members members(std::string_view text, Service service = Service::greengrass) {
    object_ = json::parse(json::string_view(text.data(), text.size())).as_object();
    return Members(service, object_, "");
  }
  json::object object_;
};

/// "status name: message" of an error, as a client of the service would see it.
template <class T>
std::string error_of(const ApiValue<T>& value, Service service = Service::greengrass) {
  if (value) return "no error";
  const ApiError error = with_name(service, value.error());
  return std::to_string(error.status) + " " + error.name + ": " + error.message;
}

TEST_F(MembersTest, ReadEachType) {
  const Members body = members(R"({"s":"x","i":7,"big":1e3,"b":true,"o":{"k":"v"},"l":[{"a":1}],"t":["p","q"]})");
  EXPECT_EQ(body.required_string("s").value(), "x");
  EXPECT_EQ(body.optional_integer("i", 0, 10).value(), 7);
  EXPECT_EQ(body.optional_integer("big", 0, 1000).value(), 1000);
  EXPECT_EQ(body.optional_bool("b").value(), true);
  EXPECT_EQ(body.required_object("o").value().required_string("k").value(), "v");
  EXPECT_EQ(body.optional_strings("t").value(), (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(body.optional_string_map("o").value(), (std::map<std::string, std::string>{{"k", "v"}}));
}

TEST_F(MembersTest, AbsentAndNullAreTheSame) {
  const Members body = members(R"({"n":null})");
  for (const std::string_view name : {"n", "missing"}) {
    EXPECT_FALSE(body.has(name));
    EXPECT_FALSE(body.optional_string(name).value());
    EXPECT_FALSE(body.optional_integer(name, 0, 1).value());
    EXPECT_FALSE(body.optional_bool(name).value());
    EXPECT_FALSE(body.optional_object(name).value());
    EXPECT_TRUE(body.optional_strings(name).value().empty());
    EXPECT_TRUE(body.optional_string_map(name).value().empty());
    EXPECT_EQ(error_of(body.required_string(name)), "400 BadRequestException: " + std::string(name) + " is required.");
    EXPECT_FALSE(body.required_object(name));
  }
}

TEST_F(MembersTest, WrongTypesNameTheMemberByItsPath) {
  const Members body = members(R"({"a":{"b":[{"c":1},2]},"f":1.5,"huge":18446744073709551615})");
  const Members a = body.required_object("a").value();
  EXPECT_EQ(error_of(a.required_object("b")), "400 SerializationException: a.b must be an object.");
  EXPECT_EQ(error_of(body.required_string("a")), "400 SerializationException: a must be a string.");
  EXPECT_EQ(error_of(body.optional_integer("f", 0, 9)), "400 SerializationException: f must be a whole number.");
  EXPECT_EQ(error_of(body.optional_integer("huge", 0, 9)), "400 BadRequestException: huge must be between 0 and 9.");
  EXPECT_EQ(error_of(body.optional_bool("f")), "400 SerializationException: f must be true or false.");
  EXPECT_EQ(error_of(body.optional_strings("a")), "400 SerializationException: a must be a list.");
  EXPECT_EQ(error_of(body.optional_string_map("a")), "400 SerializationException: a.b must be a string.");
}

TEST_F(MembersTest, LengthsAreCountedInCharacters) {
  const Members body = members("{\"a\":\"\u00e4\u00f6\u20ac\U0001f98a\",\"b\":\"\u20ac\"}");
  EXPECT_TRUE(body.required_string("a", {.min = 1, .max = 4}));
  EXPECT_FALSE(body.required_string("a", {.min = 1, .max = 3}));
  EXPECT_FALSE(body.required_string("b", {.min = 2}));
}

TEST_F(MembersTest, ConstraintsHaveTheNameOfTheService) {
  const TextRule rule{.min = 2, .max = 4, .allowed = [](char c) { return c >= 'a' && c <= 'z'; }, .pattern = "[a-z]+"};
  const Members lambda = members(R"({"short":"a","long":"abcde","odd":"a-b","empty":""})", Service::lambda);
  EXPECT_EQ(error_of(lambda.required_string("long", rule), Service::lambda),
            "400 ValidationException: long is longer than 4 characters.");
  EXPECT_EQ(error_of(lambda.required_string("short", rule), Service::lambda),
            "400 ValidationException: short is shorter than 2.");
  EXPECT_EQ(error_of(lambda.required_string("odd", rule), Service::lambda),
            "400 ValidationException: odd 'a-b' does not match the pattern [a-z]+.");
  EXPECT_EQ(error_of(lambda.required_string("empty"), Service::lambda),
            "400 ValidationException: empty must not be empty.");
  EXPECT_EQ(error_of(ApiValue<int>(constraint_error(Service::iot, "m")), Service::iot),
            "400 InvalidRequestException: m");
  EXPECT_EQ(error_of(ApiValue<int>(lambda.refuse("short", "no")), Service::lambda),
            "400 ValidationException: short: no");
}

TEST(Query, ReadsNumbersBooleansAndLists) {
  const Operation operation{Service::iot, "ListThings", "GET", "/things", nullptr};
  ApiRequest request;
  request.operation = &operation;
  request.query = {{"n", "12"}, {"bad", "1x"}, {"empty", ""}, {"yes", "true"}, {"k", "a"}, {"k", "b"}};
  EXPECT_EQ(query_integer(request, "n", 1, 250).value(), 12);
  EXPECT_FALSE(query_integer(request, "empty", 1, 250).value());
  EXPECT_EQ(error_of(query_integer(request, "bad", 1, 250), Service::iot),
            "400 InvalidRequestException: bad must be a whole number.");
  EXPECT_EQ(error_of(query_integer(request, "n", 1, 10), Service::iot),
            "400 InvalidRequestException: n must be between 1 and 10.");
  EXPECT_EQ(query_bool(request, "yes").value(), true);
  EXPECT_FALSE(query_bool(request, "n"));
  EXPECT_EQ(query_list(request, "k"), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace fescue::cloud
