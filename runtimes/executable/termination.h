// SIGTERM: remembered for ever by an event descriptor that stays readable, so that every thread that waits for the core
// wakes, and none that begins to wait later is too late. The descriptor is only ever written by the signal's handler.
#pragma once

#include "greengrasssdk.h"

namespace fescue {

enum class Wake { readable, stopped, timeout };

/// Sets up the descriptor; the signal keeps its action. Error: GGE_INTERNAL_FAILURE.
gg_error prepare_termination();

/// Takes SIGTERM over, from whoever had it. In a child of fork() that runs on, it still ends that child.
gg_error catch_sigterm();

/// Sends SIGTERM once more, as long as it is still caught here: what main sleeps in is interrupted, even if it fell
/// asleep after the signal had come.
void interrupt_main();

/// For the calling thread.
void block_sigterm();
void unblock_sigterm();

bool told_to_stop();

/// Until `descriptor` can be read (or has ended), which comes first; or the process is told to stop; or `timeout_ms`
/// are over (-1: never). `descriptor` -1: none.
Wake wait_readable(int descriptor, int timeout_ms);
/// Likewise, but being told to stop does not end it.
Wake wait_readable_to_the_end(int descriptor, int timeout_ms);

}  // namespace fescue
