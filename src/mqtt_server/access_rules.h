// Who is connected to an MQTT server, and who decides what they may do there: the server asks its user's AccessRules
// about each connection, publish, subscription and delivery. A delivery is decided by receiver, source and topic, so
// that rows of (source, topic, target) can be enforced where messages go out. Rules that differ from client to client
// (IoT policies) are kept with the client, as the rights of its principal.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/arn.h"

namespace fescue {

/// Where a message comes from, as far as it matters to who may receive it: rules that look at the source give each kind
/// of source a number of its own, others leave all of them at `owner`, and the answers are remembered for all at once.
enum class SourceId : std::uint32_t { owner = 0 };  // owner: whoever made the server

struct AccessRequest;

/// What one connection may do, beyond what the rules say of all. Made by whoever admits it, for that connection alone.
class PrincipalRights {
 public:
  virtual ~PrincipalRights() = default;
  virtual bool allow(const AccessRequest& request) const = 0;
  /// Of a request that was not allowed: a part of a sentence, for the log.
  virtual std::string why_refused(const AccessRequest& request) const = 0;
  /// What it remembers is not used again: its sources have changed.
  virtual void renew() = 0;
};

/// Who a connection speaks for; does not change while it lasts.
struct Principal {
  std::string name;               // for logs and rules: "uid 0", or the certificate's id
  std::vector<ThingName> things;  // those the certificate is attached to; empty for a plain connection
  SourceId source = SourceId::owner;
  std::shared_ptr<PrincipalRights> rights = nullptr;  // null: the rules alone decide
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

/// Whose bounds a principal has: MqttServerLimits.
enum class ClientKind {
  owner,  // each connection is bounded by itself
  core,   // what all connections of the principal take together is bounded, too
  device  // as a core, with less for each; and all devices together
};

enum class Action { connect, publish, retain, subscribe, receive };  // retain: to publish with RETAIN
std::string_view name_of(Action action);                             // "publish"

struct AccessRequest {
  const Principal& who;
  Action action;
  std::string_view client_id;
  std::string_view resource;        // connect: the client id; subscribe: the filter; else the topic
  SourceId from = SourceId::owner;  // receive: whose message it is
};

/// Decides. Pure: equal requests have equal answers until MqttServer::access_changed(), for answers are remembered.
class AccessRules {
 public:
  virtual ~AccessRules() = default;
  virtual bool allow(const AccessRequest& request) const = 0;
  /// Of a request that was not allowed: a part of a sentence, for the log.
  virtual std::string why_refused(const AccessRequest&) const { return "not allowed"; }
  virtual ClientKind kind_of(const Principal&) const { return ClientKind::device; }
  /// Whether a reader that has no room for a message on this topic is closed, because it must know that it missed one.
  virtual bool must_not_be_missed(std::string_view) const { return false; }
};

}  // namespace fescue
