// HandshakeSlots: how many TLS handshakes are under way at a listener. When all slots are taken, the newcomer gets one
// all the same: of the origin (origin.h) that has most, the oldest handshake is given up. So connections that are
// opened and say nothing cost their own origin first, and never keep others out.
//
// One thread. Slots may outlive the HandshakeSlots.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace fescue {

class HandshakeSlots {
  struct State;

 public:
  explicit HandshakeSlots(std::size_t limit) : state_(std::make_shared<State>()), limit_(limit) {}

  /// Held while its handshake is under way.
  class Slot {
   public:
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    bool given_up() const { return given_up_; }

   private:
    friend class HandshakeSlots;
    explicit Slot(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
    std::string origin_;
    std::function<void()> give_up_;
    std::list<Slot*>::iterator place_;
    bool given_up_ = false;
  };

  /// `give_up` ends the handshake; it destroys no slot before it returns.
  std::unique_ptr<Slot> take(std::string origin, std::function<void()> give_up);

  std::size_t running() const { return state_->oldest_first.size(); }

 private:
  struct State {
    std::list<Slot*> oldest_first;
    std::unordered_map<std::string, std::size_t> by_origin;
    void remove(const Slot& slot);
  };
  void make_room();

  std::shared_ptr<State> state_;
  std::size_t limit_;
};

}  // namespace fescue
