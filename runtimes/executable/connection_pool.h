// The connections of the requests: each request borrows one for its exchanges, so that short-lived handles do not pay
// for a new connection each time, and threads never share one.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include "connection.h"

namespace fescue {

class ConnectionPool {
 public:
  explicit ConnectionPool(const Environment& environment) : environment_(environment) {}
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;
  ~ConnectionPool();

  /// Null when there is no memory.
  Connection* take();
  void give_back(Connection* connection);

 private:
  static constexpr std::size_t kIdle = 8;

  void drop_parents_connections();

  const Environment& environment_;
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pid_t owner_ = 0;
  std::size_t idle_count_ = 0;
  Connection* idle_[kIdle] = {};
};

class BorrowedConnection {
 public:
  explicit BorrowedConnection(ConnectionPool& pool) : pool_(pool), connection_(pool.take()) {}
  BorrowedConnection(const BorrowedConnection&) = delete;
  BorrowedConnection& operator=(const BorrowedConnection&) = delete;
  ~BorrowedConnection() { pool_.give_back(connection_); }

  Connection* get() const { return connection_; }

 private:
  ConnectionPool& pool_;
  Connection* connection_;
};

}  // namespace fescue
