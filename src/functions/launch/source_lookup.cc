// The questions of a group, the answers as they come, and what stands for those that do not.
#include "functions/launch/source_lookup.h"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace fescue {

namespace {

HostResource as_host_resource(const AttachedResource& attached) {
  HostResource out;
  const bool is_device = attached.resource.kind == ResourceKind::device;
  out.kind = is_device ? HostResource::Kind::device : HostResource::Kind::volume;
  const bool writes = attached.access == Access::read_write;
  out.access = writes ? HostResource::Access::read_write : HostResource::Access::read_only;
  out.source = attached.resource.source;
  out.destination = attached.resource.destination;
  return out;
}

SourceFacts facts_of(const std::string& path, const Result<SourceStatus>& status) {
  SourceFacts facts;
  facts.real_path = path;
  if (status) {
    facts.kind = kind_of_source(status->mode);
    facts.owner = status->uid;
    facts.group = status->gid;
    facts.mode = status->mode & 07777;
  } else if (status.error().code() != Code::not_found) {
    facts.kind = SourceFacts::Kind::refused;
    facts.why = status.error().message();
  }
  return facts;
}

}  // namespace

struct SourceLookup::Round {
  explicit Round(asio::io_context& io) : timer(io) {}

  void conclude() {
    timer.cancel();
    if (const Done call = std::exchange(done, {})) call(std::move(hidden));
  }

  Done done;
  HiddenSources hidden;
  std::size_t unanswered = 0;
  asio::steady_timer timer;
};

SourceLookup::SourceLookup(asio::io_context& io, HostView host, Look look)
    : io_(io), host_(std::move(host)), look_(std::move(look)) {}

void SourceLookup::cancel() {
  if (const auto round = std::exchange(round_, nullptr)) {
    round->done = {};
    round->timer.cancel();
  }
}

void SourceLookup::find(const Group& group, Done done, std::chrono::milliseconds timeout) {
  const auto round = std::make_shared<Round>(io_);
  round->done = std::move(done);
  round->unanswered = 1;  // this call itself
  round_ = round;
  for (const FunctionConfig& function : group.functions) {
    if (function.isolation != Isolation::container) continue;
    for (const AttachedResource& attached : function.resources) {
      const std::string& source = attached.resource.source;
      if (round->hidden.contains(source) || host_.source(source).kind != SourceFacts::Kind::unknown) continue;
      ask(round, as_host_resource(attached));
    }
  }
  if (--round->unanswered == 0) return round->conclude();
  round->timer.expires_after(timeout);
  round->timer.async_wait([round](error_code error) {
    if (!error) round->conclude();
  });
}

void SourceLookup::ask(const std::shared_ptr<Round>& round, const HostResource& resource) {
  SourceFacts& facts = round->hidden[resource.source];
  facts.real_path = resource.source;
  facts.kind = SourceFacts::Kind::refused;
  facts.why = fmt::format("{}: the launcher does not say what it is", resource.source);
  const auto asked = look_(resource, [round, path = resource.source](const Result<SourceStatus>& status) {
    if (!round->done) return;  // too late
    round->hidden[path] = facts_of(path, status);
    if (--round->unanswered == 0) round->conclude();
  });
  if (asked) {
    ++round->unanswered;
  } else {
    facts.why = asked.error().message();
  }
}

}  // namespace fescue
