// Who answers on a child's listeners while that child does not run, so that its clients need not wait to learn it:
// requests over plain HTTP get 503 and the reason, in the form that their service's clients read; all other
// connections are closed at once. What was accepted before end() is still answered; what comes later is the child's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sys/loop/task_group.h"
#include "sys/net/listeners.h"

namespace fescue::cli {

class StandIn {
 public:
  explicit StandIn(asio::io_context& io) : tasks_(io) {}
  ~StandIn() { end(); }

  /// Which of the listeners have clients that speak HTTP; empty: none.
  void speak_http_on(std::string name) { http_ = std::move(name); }

  /// Until end(). `why` is a sentence.
  void begin(std::span<const HeldListeners> listeners, const std::string& why);
  void end();

  /// Connections that are being answered; further ones are closed.
  static constexpr std::size_t kMaxAnswers = 64;

 private:
  struct Acceptor;

  void await(std::shared_ptr<Acceptor> acceptor);
  bool receive(Acceptor& acceptor);

  TaskGroup tasks_;
  std::string http_;
  std::vector<std::shared_ptr<Acceptor>> acceptors_;
};

}  // namespace fescue::cli
