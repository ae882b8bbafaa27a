// The admin server's own causes among the local requests that were refused (ipc/ipc_server.h).
#pragma once

#include <boost/json.hpp>

#include "ipc/ipc_server.h"

namespace fescue {

/// The member "ipc" of a status, made if nobody did before.
inline boost::json::object& refused_json(boost::json::object& status) {
  boost::json::value& ipc = status["ipc"];
  return ipc.is_object() ? ipc.get_object() : ipc.emplace_object();
}

}  // namespace fescue
