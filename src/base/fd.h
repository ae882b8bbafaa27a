// Fd: sole owner of a file descriptor; closes it when it goes. A value to hand on: this header brings no system calls.
#pragma once

#include <utility>

namespace fescue {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.number_, -1));
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  /// Closes what it has, and owns `number` from now on.
  void reset(int number = -1);

 private:
  int number_ = -1;
};

}  // namespace fescue
