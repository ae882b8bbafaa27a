// One end of a SOCK_SEQPACKET socket pair: whole messages, with descriptors beside them.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/protocol/protocol.h"

namespace fescue {

/// Both ends close on exec. `first` does not block, `second` does.
struct ChannelPair {
  Fd first, second;
};
Result<ChannelPair> make_channel();

enum class Sending { sent, would_block };
/// Errors: unavailable when the other end is gone, too_large, io.
Result<Sending> send_message(int channel, std::string_view message, std::span<const int> descriptors = {});

struct Incoming {
  std::string_view bytes;  // of the reader's buffer, until it reads again
  std::vector<Fd> descriptors;
};

/// Reads messages into one buffer. What does not fit (bytes or descriptors) is an error of that message alone
/// (too_large): the next one can be read. At the end of file: unavailable.
class MessageReader {
 public:
  MessageReader();
  /// Nothing: no message waits (or a signal came first).
  Result<std::optional<Incoming>> read(int channel);

 private:
  std::vector<char> buffer_;
};

/// A start message travels from the core to the launcher and on to a monitor, which gets mounts for the resources too.
enum class Hop { to_launcher, to_monitor };

/// The descriptors that a start message travels with, in order, and the other way round. Errors: invalid_argument when
/// there are too few or too many.
std::vector<int> descriptors_of(const WorkerSpec& spec, Hop hop = Hop::to_launcher);
Result<void> attach(WorkerSpec& spec, std::vector<Fd> descriptors, Hop hop = Hop::to_launcher);

}  // namespace fescue
