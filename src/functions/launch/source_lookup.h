// SourceLookup: finds out, before a group is planned, what the sources of its resources are that the core itself may
// not look at, such as a directory below a home of mode 0700: the launcher, which is root, is asked about each.
//
// Lives on the loop's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "functions/launch/container_layout.h"
#include "functions/launch/launcher_client.h"
#include "model/group.h"
#include "sys/loop/asio.h"

namespace fescue {

class SourceLookup {
 public:
  /// LauncherClient::look(), or a test's own.
  using Look = std::function<Result<void>(const HostResource& resource, LauncherClient::LookHandler handler)>;
  using Done = std::function<void(HiddenSources hidden)>;

  SourceLookup(asio::io_context& io, HostView host, Look look);
  ~SourceLookup() { cancel(); }
  SourceLookup(const SourceLookup&) = delete;
  SourceLookup& operator=(const SourceLookup&) = delete;

  /// Calls `done` once: at once when the core sees all by itself. What is not answered within `timeout` counts as
  /// refused. One search at a time.
  void find(const Group& group, Done done, std::chrono::milliseconds timeout = std::chrono::seconds(10));

  /// `done` will not be called any more.
  void cancel();

 private:
  struct Round;
  void ask(const std::shared_ptr<Round>& round, const HostResource& resource);

  asio::io_context& io_;
  HostView host_;
  Look look_;
  std::shared_ptr<Round> round_;
};

}  // namespace fescue
