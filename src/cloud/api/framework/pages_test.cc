// Walks over lists in pages, and foreign tokens.
#include "cloud/api/framework/pages.h"

#include <gtest/gtest.h>

namespace fescue::cloud {
namespace {

const Operation kList{Service::greengrass, "ListGroups", "GET", "/greengrass/groups", nullptr};
const Operation kOther{Service::greengrass, "ListDeployments", "GET", "/x", nullptr};
constexpr PageRule kRule{.size = "MaxResults", .token = "NextToken", .default_size = 2, .max_size = 50};

ApiRequest request_for(const Operation& operation) {
  ApiRequest request;
  request.operation = &operation;
  return request;
}

TEST(Pages, WalkAListToItsEnd) {
  const std::vector<int> all{1, 2, 3, 4, 5};
  std::vector<int> seen;
  ApiRequest request = request_for(kList);
  for (int pages = 0; pages < 3; ++pages) {
    const Page page = query_page(request, kRule).value();
    const int after = page.after.empty() ? 0 : std::stoi(page.after);
    std::vector<int> items;
    for (const int item : all) {
      if (item > after && items.size() < page.limit + 1) items.push_back(item);
    }
    const auto next = cut_page(request, page, items, [](int item) { return std::to_string(item); });
    seen.insert(seen.end(), items.begin(), items.end());
    EXPECT_EQ(next.has_value(), pages < 2);
    request.query = {{"NextToken", next.value_or("")}};
  }
  EXPECT_EQ(seen, all);
}

TEST(Pages, RefuseForeignTokensAndSizes) {
  ApiRequest request = request_for(kList);
  for (const std::string& token : {std::string("junk"), std::string("!!"), page_token(request_for(kOther), "3"),
                                   page_token(request_for(kList), "")}) {
    request.query = {{"NextToken", token}};
    EXPECT_FALSE(query_page(request, kRule)) << token;
  }
  for (const std::string size : {"0", "51", "x"}) {
    request.query = {{"MaxResults", size}};
    EXPECT_FALSE(query_page(request, kRule)) << size;
  }
}

}  // namespace
}  // namespace fescue::cloud
