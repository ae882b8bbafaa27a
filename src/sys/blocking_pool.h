// BlockingPool: two threads for work that would stall the loop (fsync, unzip, hashing, RSA keys).
//
//   FESCUE_CO_TRY(tree, co_await pool.run([path] { return unzip(path); }));
#pragma once

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
    co_return co_await asio::co_spawn(
        pool_, [](Work task) -> Task<Value> { co_return task(); }(std::move(work)), asio::use_awaitable);
  }

 private:
  asio::thread_pool pool_;
};

}  // namespace fescue
