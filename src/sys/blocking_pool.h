// BlockingPool: two threads for work that would stall the loop (fsync, unzip, hashing, RSA keys).
//
//   FESCUE_CO_TRY(tree, co_await pool.run([path] { return unzip(path); }));
//
// The work owns what it touches: its caller may be cancelled while it runs. An exception that escapes the work comes up
// in the caller, where its TaskGroup aborts. The pool goes before the io_context of its callers.
#pragma once

#include <optional>
#include <type_traits>

#include "sys/asio.h"

namespace fescue {

class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads = 2) : pool_(threads) {}
  ~BlockingPool() { pool_.join(); }

  /// Runs `work` on the pool and resumes the caller on its own executor with the result.
  template <class Work, class Value = std::invoke_result_t<Work>>
  Task<Value> run(Work work) {
    if constexpr (std::is_void_v<Value>) {
      co_await asio::co_spawn(pool_, perform_void(std::move(work)), asio::use_awaitable);
    } else {
      std::optional<Value> value = co_await asio::co_spawn(pool_, perform<Value>(std::move(work)), asio::use_awaitable);
      co_return std::move(*value);
    }
  }

 private:
  template <class Work>
  static Task<void> perform_void(Work work) {
    work();
    co_return;
  }
  // Optional because Asio wants a value to give beside an exception, and not every Value has a default.
  template <class Value, class Work>
  static Task<std::optional<Value>> perform(Work work) {
    co_return work();
  }

  asio::thread_pool pool_;
};

}  // namespace fescue
