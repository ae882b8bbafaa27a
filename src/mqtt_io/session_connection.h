// SessionConnection: a Connection with the session that does its protocol and the handler that is told: what the two
// sides (ServerConnection, ClientConnection) share beyond Connection.
#pragma once

#include <string>
#include <utility>

#include "mqtt_io/connection.h"

namespace fescue::mqtt {

/// `Session` is ServerSession or ClientSession. handler_ is null after detach().
template <class Session, class Handler>
class SessionConnection : public Connection {
 public:
  bool connected() const { return session_.connected(); }
  void detach() final { handler_ = nullptr; }

 protected:
  template <class Options>
  SessionConnection(TaskGroup& tasks, std::shared_ptr<Outbox> outbox, StreamPtr stream, Handler& handler,
                    const Options& options)
      : Connection(tasks, std::move(outbox), std::move(stream), options.connection),
        session_(options.session, steady_now()),
        handler_(&handler) {}

  Session session_;
  Handler* handler_;

 private:
  std::span<char> room() final { return session_.prepare(); }
  void rest() final { session_.rest(); }
  void commit(std::size_t bytes) final { session_.commit(bytes); }
  void on_time(SteadyTime now) final { session_.on_time(now); }
  SteadyTime session_deadline() const final { return session_.deadline(); }
  std::string& output() final { return session_.output(); }
  const std::string& output() const final { return session_.output(); }
  const std::optional<CloseReason>& session_closed() const final { return session_.closed(); }
  void close_session(CloseCause cause, std::string text) final { session_.close(cause, std::move(text)); }
};

}  // namespace fescue::mqtt
