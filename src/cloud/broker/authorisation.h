// Who is connected to the broker, and what they may do there.
//
// Topics that begin with `$fescue/` are the cores' own: only a principal whose certificate is attached to thing T may
// publish to, or subscribe within, `$fescue/cores/T/`. That rule is fixed here. Every other topic is asked of the hook
// (IoT policies), which allows everything when none is given.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/arn.h"

namespace fescue::cloud {

/// Who a connection speaks for; does not change while it lasts.
struct Principal {
  std::string name;               // for logs and policies: "uid 0", or the certificate's id
  std::vector<ThingName> things;  // those the certificate is attached to; empty for a plain connection
};

/// The decision of whoever accepted a connection: by the peer's uid on the plain listener, by the certificate on TLS.
class Admission {
 public:
  static Admission accept(Principal principal) { return Admission(true, std::move(principal), {}); }
  /// `reason` goes to the log; the peer learns nothing.
  static Admission refuse(std::string reason) { return Admission(false, {}, std::move(reason)); }

  bool accepted() const { return accepted_; }
  const Principal& principal() const { return principal_; }
  const std::string& reason() const { return reason_; }

 private:
  Admission(bool accepted, Principal principal, std::string reason)
      : accepted_(accepted), principal_(std::move(principal)), reason_(std::move(reason)) {}

  bool accepted_;
  Principal principal_;
  std::string reason_;
};

enum class Action { connect, publish, subscribe, receive };
std::string_view name_of(Action action);  // "publish"

/// Whether `principal`, connected as `client_id`, may do `action` on `resource`: the client id for connect, the topic
/// for publish and receive, the filter for subscribe. Answers are kept until MessageBroker::authorisation_changed().
using Authorise = std::function<bool(const Principal& principal, Action action, std::string_view client_id,
                                     std::string_view resource)>;

/// Whether the fixed rule decides about this topic or filter: it is, or begins with, `$fescue/`.
bool is_core_topic(std::string_view topic_or_filter);
/// The fixed rule.
bool may_use_core_topic(const Principal& principal, std::string_view topic_or_filter);

/// Whether a connection of `newcomer` may take over the client id of a connection of `holder`: one that speaks for a
/// thing gives way only to a principal of the same thing.
bool may_take_over(const Principal& newcomer, const Principal& holder);

}  // namespace fescue::cloud
