// Any bytes as an ARN: what is accepted has the parts that it says, and its parts make it again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/assert.h"
#include "model/arn.h"
#include "model/message.h"

namespace {

using namespace fescue;

void check_function(const FunctionArn& arn, std::string_view text) {
  FESCUE_ASSERT(arn.str() == text && !arn.empty() && !arn.name().empty());
  FESCUE_ASSERT(arn.region().empty() == arn.account().empty());
  FESCUE_ASSERT(arn.is_system() == arn.account().empty());
  const FunctionArn bare = arn.unqualified();
  FESCUE_ASSERT(!bare.is_qualified() && bare.name() == arn.name());
  FESCUE_ASSERT(FunctionArn::parse(bare.str()).has_value());
  if (arn.is_qualified()) FESCUE_ASSERT(bare.with_qualifier(arn.qualifier()) == arn);
}

void check_endpoint(const Endpoint& end, std::string_view text) { FESCUE_ASSERT(end.str() == text); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parts = parse_arn(text);
  if (parts) {
    FESCUE_ASSERT(fmt::format("arn:{}:{}:{}:{}:{}", parts->partition, parts->service, parts->region, parts->account,
                              parts->resource) == text);
  } else {
    FESCUE_ASSERT(!parts.error().message().empty() && parts.error().message().size() < 1024);
  }
  const auto function = FunctionArn::parse(text);
  FESCUE_ASSERT(!function || parts);
  if (function) check_function(*function, text);
  const auto thing = ThingArn::parse(text);
  FESCUE_ASSERT(!thing || (parts && !function));
  if (thing) FESCUE_ASSERT(thing->str() == text && parse_thing_name(thing->thing_name().view()));
  if (const auto end = Endpoint::parse(text)) check_endpoint(*end, text);
  return 0;
}
