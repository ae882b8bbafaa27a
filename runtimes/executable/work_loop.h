// The life of a worker: take an event, run the handler, hand in what came of it, and so on. Handing in the outcome of
// one event asks for the next in the same exchange (Fescue-Next), so an event costs one round trip; a core without that
// extension answers without an item, and the next is then fetched by itself.
#pragma once

#include "connection.h"
#include "environment.h"

namespace fescue {

/// Whose thread run() is called on. On a thread of its own SIGTERM is main's affair, which may block it to wait for it:
/// there it is blocked but for the time of the handler, whose children inherit what they find.
enum class RunsOn { mains_thread, own_thread };

class WorkLoop : public OnHeap {
 public:
  WorkLoop(const Environment& environment, gg_lambda_handler handler, RunsOn runs_on);

  /// Returns GGE_TERMINATE when the process was told to stop and the handler, if it ran, has returned;
  /// GGE_INTERNAL_FAILURE when the core is gone; GGE_OUT_OF_MEMORY.
  gg_error run();

 private:
  gg_error fetch();
  gg_error handle();
  void call_handler();
  gg_error hand_in();
  gg_error post(bool succeeded, std::string_view body);
  gg_error exchange(std::string_view body, OnStop on_stop);
  bool has_item() const { return answer_.ok() && answer_.invocation_id.size() > 0; }

  const Environment& environment_;
  const gg_lambda_handler handler_;
  const RunsOn runs_on_;
  Connection connection_{environment_};
  Answer answer_;
  Buffer head_;
  Buffer function_arn_;  // as the handler is told it
  Buffer item_id_;
  Buffer client_context_;  // decoded
  Buffer response_, error_;
  bool failed_ = false;
};

}  // namespace fescue
