// The operations of the IPC API, one .cc for each family. Each answers its exchange exactly once, now or later; the
// caller is authenticated, or absent where V1 asks for no token.
#pragma once

#include "ipc/context.h"
#include "ipc/routes.h"
#include "sys/http/http_server.h"

namespace fescue {

// submit.cc: run a function or a system service; publish.
void serve(IpcContext& context, const WorkerIdentity& caller, SubmitCall call, HttpExchangePtr exchange);

// results.cc
void serve(IpcContext& context, const WorkerIdentity& caller, FetchResultCall call, HttpExchangePtr exchange);

// work.cc
void serve(IpcContext& context, const WorkerIdentity& caller, NextWorkCall call, HttpExchangePtr exchange);
void serve(IpcContext& context, const WorkerIdentity& caller, WorkDoneCall call, HttpExchangePtr exchange);

// initialized.cc
void serve(IpcContext& context, const WorkerIdentity& caller, InitializedCall call, HttpExchangePtr exchange);

// credentials.cc
void serve(IpcContext& context, const WorkerIdentity& caller, CredentialsCall call, HttpExchangePtr exchange);

// logs.cc
void serve(IpcContext& context, const WorkerIdentity& caller, LegacyLogCall call, HttpExchangePtr exchange);

// health.cc: no token
void serve(IpcContext& context, AllWorkersCall call, HttpExchangePtr exchange);
void serve(IpcContext& context, SomeWorkersCall call, HttpExchangePtr exchange);

}  // namespace fescue
