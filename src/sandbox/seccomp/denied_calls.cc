// The notification descriptor of seccomp: prepared by the monitor, handed over by the worker, answered as calls are
// refused.
#include "sandbox/seccomp/denied_calls.h"

#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "sandbox/seccomp/seccomp.h"

namespace fescue {

namespace {

/// Kernels to come may know more than these structures of today and read and write as much as they know: zeros, here.
template <class Form>
struct alignas(Form) NotificationBuffer {
  std::array<char, 512> bytes{};

  Form* get() { return reinterpret_cast<Form*>(bytes.data()); }
};

}  // namespace

bool ends_the_caller(const DeniedCall& refusal) { return !is_filtered_architecture(refusal.architecture); }

Result<void> DeniedCalls::prepare() {
  FESCUE_TRY(channel, make_channel());
  channel_ = std::move(channel);
  return ok();
}

Result<void> DeniedCalls::hand_over(const Fd& listener) const {
  const std::array<int, 1> descriptors{listener.get()};
  const auto sent = send_message(channel_.second.get(), "listener", descriptors);
  if (!sent) return sent.error().in("hand over the listener");
  return ok();
}

void DeniedCalls::receive(MessageReader& reader) {
  if (!channel_.first) return;
  auto incoming = reader.read(channel_.first.get());
  if (incoming && *incoming && !(*incoming)->descriptors.empty()) listener_ = std::move((*incoming)->descriptors[0]);
  channel_ = {};
}

std::optional<DeniedCall> DeniedCalls::take() {
  pollfd state{listener_.get(), POLLIN, 0};
  if (::poll(&state, 1, 0) != 1) return std::nullopt;
  if ((state.revents & POLLIN) == 0) {  // nobody is left who could call
    listener_.reset();
    return std::nullopt;
  }
  NotificationBuffer<seccomp_notif> question;
  if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, question.get()) != 0) return std::nullopt;
  const DeniedCall refusal{static_cast<pid_t>(question.get()->pid), question.get()->data.nr, question.get()->data.arch};
  if (ends_the_caller(refusal)) {
    ::kill(refusal.thread, SIGKILL);
  } else {
    NotificationBuffer<seccomp_notif_resp> answer;
    answer.get()->id = question.get()->id;
    answer.get()->error = -EPERM;
    ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, answer.get());
  }
  if (++answered_ == kMaxDeniedCallsAnswered) listener_.reset();
  return refusal;
}

}  // namespace fescue
