// BlockingPool: two threads for work that would stall the loop (fsync, unzip, hashing, RSA keys).
//
//   auto unzip = [path = std::move(path)] { return unpack(path); };  // named: see sys/loop/asio.h on closures in
//   co_await FESCUE_CO_TRY(tree, co_await pool.run(std::move(unzip)));
//
// Work that has begun is always finished and its result brought back to the caller's own executor: cancelling the
// caller takes effect after that, so no thread but the loop's ever touches the caller. An exception from the work
// aborts.
#pragma once

#include <memory>
#include <type_traits>
#include <variant>

#include "sys/loop/asio.h"

namespace fescue {

class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads = 2) : pool_(threads) {}
  ~BlockingPool() { pool_.join(); }

  /// Runs `work` on the pool and resumes the caller on its own executor with the result.
  template <class Work, class Value = std::invoke_result_t<Work>>
  Task<Value> run(Work work) {
    using Stored = std::conditional_t<std::is_void_v<Value>, std::monostate, Value>;
    auto start = [this](auto handler, Work task) {
      // The loop must not run out of work while the answer is on its way.
      auto home = asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
      asio::post(pool_, [handler = std::move(handler), task = std::move(task), home]() mutable noexcept {
        std::shared_ptr<Stored> value;
        if constexpr (std::is_void_v<Value>) {
          task();
        } else {
          value = std::make_shared<Stored>(task());
        }
        asio::post(home, [handler = std::move(handler), value]() mutable { std::move(handler)(std::move(value)); });
      });
    };
    using Token = std::remove_const_t<decltype(asio::use_awaitable)>;
    Token token;
    const std::shared_ptr<Stored> value =
        co_await asio::async_initiate<Token, void(std::shared_ptr<Stored>)>(std::move(start), token, std::move(work));
    if constexpr (!std::is_void_v<Value>) co_return std::move(*value);
  }

 private:
  asio::thread_pool pool_;
};

}  // namespace fescue
