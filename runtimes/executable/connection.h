// One keep-alive HTTP connection to the core: over the worker's own Unix socket, else TCP to this machine. It opens
// itself when needed. One thread at a time.
#pragma once

#include "answer.h"
#include "greengrasssdk.h"

namespace fescue {

struct Environment;

/// What an exchange does when the process is told to stop while it waits.
enum class OnStop {
  give_up,  // GGE_TERMINATE
  finish,   // waits on, but not for long: the core is told of work that is done
};

struct Request {
  std::string_view head;  // request line and headers, with the blank line
  std::string_view body;
};

class Connection : public OnHeap {
 public:
  explicit Connection(const Environment& environment) : environment_(environment) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  bool is_open() const { return socket_ >= 0; }
  void close();

  /// Blocks until the answer is complete. When a connection that had been idle turns out to be closed, the request is
  /// sent once more over a new one. Errors: GGE_INTERNAL_FAILURE (logged) when the core cannot be reached or answers
  /// what is no answer, GGE_TERMINATE, GGE_OUT_OF_MEMORY. The connection is closed after an error.
  gg_error exchange(const Request& request, OnStop on_stop, Answer& answer);

 private:
  enum class Attempt { answered, nothing_came, broken, stopped, no_memory };

  Attempt attempt(const Request& request, OnStop on_stop, Answer& answer);
  bool open();
  bool send(const Request& request);
  Attempt receive(OnStop on_stop, Answer& answer);
  Attempt receive_head(OnStop on_stop, std::size_t& head_size);
  Attempt receive_body(OnStop on_stop, std::size_t begin, std::size_t size, Answer& answer);
  Attempt receive_some(OnStop on_stop, char* to, std::size_t room, std::size_t& received);

  const Environment& environment_;
  int socket_ = -1;
  char* input_ = nullptr;  // kInputSize bytes; what has arrived of a head, and of the body with it
  std::size_t have_ = 0;
};

}  // namespace fescue
