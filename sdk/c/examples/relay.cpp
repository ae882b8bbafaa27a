// Has another function (the variable TRANSFORMER: its ARN with version) transform each event, and publishes the result.
#include <greengrasssdk.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {

std::string relay(const greengrass::Event& event) {
  if (event.payload.empty()) throw std::invalid_argument("an empty event");  // the caller gets it as a handled error
  const char* transformer = std::getenv("TRANSFORMER");
  const auto transformed = greengrass::invoke(transformer == nullptr ? "" : transformer, event.payload);
  if (!transformed.ok()) throw greengrass::Failure("the transformer failed: " + transformed.payload);

  const auto published = greengrass::publish("relayed", transformed.payload, greengrass::QueueFull::all_or_error);
  if (published.again()) greengrass::log(greengrass::LogLevel::warn, "a queue is full");
  return transformed.payload;
}

}  // namespace

int main() { return greengrass::run(relay); }
