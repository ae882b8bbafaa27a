// One reader for the entries of each family, and the walk over a version's list.
#include "cloud/deployments/definitions.h"

#include "cloud/deployments/entry_list.h"
#include "cloud/deployments/function_definition.h"
#include "cloud/deployments/resource_definition.h"
#include "model/reserved_topics.h"

namespace fescue::cloud {

namespace json = boost::json;

namespace {

Result<ThingEntry> read_thing(const JsonReader& entry) {
  ThingEntry out;
  FESCUE_TRY(id, entry.string_or("Id", ""));
  out.id = std::move(id);
  FESCUE_TRY(member, entry.get("ThingArn"));
  FESCUE_TRY(text, member.as_string());
  auto thing = ThingArn::parse(text);
  if (!thing) return member.error(thing.error());
  out.thing = std::move(*thing);
  FESCUE_TRY(certificate, entry.get("CertificateArn"));
  FESCUE_TRY(arn_text, certificate.as_string());
  const auto arn = parse_arn(arn_text);
  if (!arn) return certificate.error(arn.error());
  if (arn->service != "iot" || !arn->resource.starts_with("cert/")) {
    return certificate.error(fmt::format("\"{}\" is not the ARN of a certificate", arn_text));
  }
  out.certificate_arn = std::move(arn_text);
  FESCUE_TRY(sync, entry.bool_or("SyncShadow", false));
  out.sync_shadow = sync;
  return out;
}

/// The end of a subscription; a function needs a qualifier, and one that a group can have.
Result<Endpoint> read_end(const JsonReader& entry, const char* name) {
  FESCUE_TRY(member, entry.get(name));
  FESCUE_TRY(text, member.as_string());
  auto end = Endpoint::parse(text);
  if (!end) return member.error(end.error());
  const FunctionArn* function = end->as_function();
  if (function && !function->is_qualified()) {
    return member.error(fmt::format("\"{}\" has no qualifier: name a version or an alias", text));
  }
  if (function && function->qualifier() == "$LATEST") {
    return member.error(fmt::format("\"{}\" uses $LATEST, which a group cannot: name a version or an alias", text));
  }
  return end;
}

Result<Subscription> read_subscription(const JsonReader& entry) {
  FESCUE_TRY(id, entry.string_or("Id", ""));
  FESCUE_TRY(source, read_end(entry, "Source"));
  FESCUE_TRY(target, read_end(entry, "Target"));
  if (source == target && (source == Endpoint::cloud() || source == Endpoint::shadow())) {
    return entry.error(fmt::format("messages cannot go from {} to {}", source.str(), target.str()));
  }
  FESCUE_TRY(subject, entry.get("Subject"));
  FESCUE_TRY(text, subject.as_string());
  auto filter = TopicFilter::parse(text);
  if (!filter) return subject.error(filter.error());
  if (const auto open = check_row_filter(*filter); !open) return subject.error(open.error());
  return Subscription{std::move(id), std::move(source), std::move(*filter), std::move(target)};
}

Result<LoggerEntry> read_logger(const JsonReader& entry) {
  LoggerEntry out;
  FESCUE_TRY(id, entry.string_or("Id", ""));
  out.id = std::move(id);
  FESCUE_TRY(component, entry.string("Component"));
  if (component != "GreengrassSystem" && component != "Lambda") {
    return entry.error("Component must be GreengrassSystem or Lambda");
  }
  out.config.component = component == "Lambda" ? LogComponent::lambda : LogComponent::system;
  FESCUE_TRY(level_name, entry.string("Level"));
  const auto level = log::parse_level(level_name);
  if (!level || *level == log::Level::trace) return entry.error("Level must be DEBUG, INFO, WARN, ERROR or FATAL");
  out.config.level = *level;
  FESCUE_TRY(type, entry.string("Type"));
  if (type != "FileSystem" && type != "AWSCloudWatch") return entry.error("Type must be FileSystem or AWSCloudWatch");
  if (type == "AWSCloudWatch") out.config.destination = LogDestination::cloud_watch;
  FESCUE_TRY(space, entry.integer_or("Space", 128, 1, kMaxKilobytes));
  out.config.space_kb = static_cast<std::uint64_t>(space);
  return out;
}

/// Connectors are kept and not looked into further than their form.
struct Formed {};

Result<Formed> read_connector(const JsonReader& entry) {
  FESCUE_TRY(member, entry.get("ConnectorArn"));
  FESCUE_TRY(text, member.as_string());
  if (!ConnectorArn::parse(text))
    return member.error(fmt::format("\"{}\" is not the ARN of a connector version", text));
  const std::optional<JsonReader> parameters = entry.find("Parameters");
  if (!parameters) return Formed{};
  FESCUE_CHECK(parameters->expect_object());
  for (const auto& parameter : parameters->value().get_object()) {
    if (!parameter.value().is_string()) {
      return parameters->error(fmt::format("the value of \"{}\" must be a string", std::string_view(parameter.key())));
    }
  }
  return Formed{};
}

}  // namespace

std::string_view list_member(Family family) {
  switch (family) {
    case Family::cores:
      return "Cores";
    case Family::devices:
      return "Devices";
    case Family::functions:
      return "Functions";
    case Family::subscriptions:
      return "Subscriptions";
    case Family::resources:
      return "Resources";
    case Family::loggers:
      return "Loggers";
    case Family::connectors:
      return "Connectors";
    case Family::groups:
      return "";
  }
  return "";
}

void read_definition(Family family, const json::value& body, GroupDefinitions& into) {
  std::vector<Formed> formed;
  switch (family) {
    case Family::cores:
      return EntryList(body, "Cores", "InvalidCoreDefinition", into.problems).read(read_thing, into.cores);
    case Family::devices:
      return EntryList(body, "Devices", "InvalidDevice", into.problems).read(read_thing, into.devices);
    case Family::functions:
      return read_functions(body, into);
    case Family::subscriptions:
      return EntryList(body, "Subscriptions", "InvalidSubscription", into.problems)
          .read(read_subscription, into.subscriptions);
    case Family::loggers:
      return EntryList(body, "Loggers", "InvalidLogger", into.problems).read(read_logger, into.loggers);
    case Family::resources:
      return EntryList(body, "Resources", "InvalidResource", into.problems).read(read_resource_entry, into.resources);
    case Family::connectors:
      EntryList(body, "Connectors", "InvalidConnector", into.problems).read(read_connector, formed);
      into.connectors += formed.size();
      return;
    case Family::groups:
      break;
  }
  FESCUE_ASSERT(family != Family::groups);
}

}  // namespace fescue::cloud
