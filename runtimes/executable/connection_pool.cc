// Connections that are kept between calls, for whichever thread calls next.
#include "connection_pool.h"

#include <unistd.h>

namespace fescue {

ConnectionPool::~ConnectionPool() {
  while (idle_count_ > 0) delete idle_[--idle_count_];
}

Connection* ConnectionPool::take() {
  pthread_mutex_lock(&mutex_);
  drop_parents_connections();
  Connection* connection = idle_count_ > 0 ? idle_[--idle_count_] : nullptr;
  pthread_mutex_unlock(&mutex_);
  return connection != nullptr ? connection : new Connection(environment_);
}

void ConnectionPool::give_back(Connection* connection) {
  if (connection == nullptr) return;
  pthread_mutex_lock(&mutex_);
  const bool keep = connection->is_open() && idle_count_ < kIdle;
  if (keep) idle_[idle_count_++] = connection;
  pthread_mutex_unlock(&mutex_);
  if (!keep) delete connection;
}

/// After fork() the child must not speak on them; closing its copies leaves the parent's alone.
void ConnectionPool::drop_parents_connections() {
  const pid_t here = ::getpid();
  if (owner_ == here) return;
  while (idle_count_ > 0) delete idle_[--idle_count_];
  owner_ = here;
}

}  // namespace fescue
