// Any HTTP request offered to the SigV4 verifier: it is judged without a crash, nothing is authentic by chance, and
// what sign_sigv4() signs always is. The input: read_request.h.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "sys/sigv4/aws_sigv4.h"
#include "tests/fuzz/read_request.h"

namespace {

using namespace fescue;

constexpr std::string_view kAccessKey = "AKIDEXAMPLE";
const WallTime kNow = from_epoch_milliseconds(1795377242000);  // 20261122T195402Z

std::optional<std::string> secret_of(std::string_view access_key, std::string_view secret) {
  return access_key == kAccessKey ? std::optional(std::string(secret)) : std::nullopt;
}

void check_judgement(const HttpRequest& request) {
  const auto scope = parse_sigv4_scope(request);
  // The secret is as good as random to the fuzzer: it cannot make a signature that fits.
  const auto lookup = [](std::string_view key) { return secret_of(key, "kept out of the corpus"); };
  const auto failure = verify_sigv4(request, {lookup, scope ? scope->region : "us-west-2", kNow});
  FESCUE_ASSERT(failure.has_value());
  FESCUE_ASSERT(!failure->message.empty());
  if (!scope) {
    FESCUE_ASSERT(failure->fault == SigV4Fault::missing || failure->fault == SigV4Fault::incomplete);
  } else {
    FESCUE_ASSERT(!scope->access_key.empty() && !scope->signature.empty());
  }
}

void check_round_trip(const HttpRequest& input) {
  // Escapes must be whole, and a request has each of these headers once.
  if (!parse_query(input.query())) return;
  HttpRequest request{input.method, input.target, {}, input.body};
  for (const auto& [name, value] : input.headers.all()) {
    bool ours = false;
    for (const std::string_view taken : {"authorization", "x-amz-date", "x-amz-content-sha256"}) {
      ours = ours || iequals(name, taken);
    }
    // A name with a separator in it cannot stand in the list of signed headers.
    if (!ours && name.find_first_of(";, \t=") == std::string::npos) request.headers.add(name, value);
  }
  request.headers.add("Host", "127.0.0.1:8181");
  sign_sigv4(request, {std::string(kAccessKey), "secret"}, "us-west-2", "iot", kNow);
  const auto lookup = [](std::string_view key) { return secret_of(key, "secret"); };
  FESCUE_ASSERT(!verify_sigv4(request, {lookup, "us-west-2", kNow}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const HttpRequest request = read_request({reinterpret_cast<const char*>(data), size});
  check_judgement(request);
  check_round_trip(request);
  return 0;
}
