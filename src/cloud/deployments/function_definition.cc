// Members of a function definition, and V1's sentences for what may not stand together
// (docs/compatibility/groups.md#combinations).
#include "cloud/deployments/function_definition.h"

#include <algorithm>

#include "base/text/ascii.h"
#include "cloud/deployments/entry_list.h"

namespace fescue::cloud {

namespace json = boost::json;

namespace {

constexpr std::int64_t kMaxSeconds = 2147483647;
constexpr std::int64_t kMaxUserId = 0xfffffffe;  // (uid_t)-1 means "leave as it is"

/// IsolationMode stays a string here: its errors have V1's words, which name the group or the function.
struct RawExecution {
  std::string isolation;
  RunAs run_as;
};

Result<RawExecution> read_execution(const JsonReader& owner) {
  RawExecution out;
  FESCUE_CHECK(owner.expect_object());
  const std::optional<JsonReader> execution = owner.find("Execution");
  if (!execution) return out;
  FESCUE_CHECK(execution->expect_object());
  FESCUE_TRY(isolation, execution->string_or("IsolationMode", ""));
  out.isolation = std::move(isolation);
  const std::optional<JsonReader> run_as = execution->find("RunAs");
  if (!run_as) return out;
  FESCUE_CHECK(run_as->expect_object());
  for (auto [name, target] : {std::pair{"Uid", &out.run_as.uid}, std::pair{"Gid", &out.run_as.gid}}) {
    const std::optional<JsonReader> number = run_as->find(name);
    if (!number) continue;
    FESCUE_TRY(id, number->as_integer(0, kMaxUserId));
    *target = static_cast<std::uint32_t>(id);
  }
  return out;
}

/// Absent text gives an absent isolation; false for a word that is neither mode.
bool parse_isolation(std::string_view text, std::optional<Isolation>& out) {
  if (text == "GreengrassContainer") out = Isolation::container;
  if (text == "NoContainer") out = Isolation::none;
  return text.empty() || out.has_value();
}

bool is_variable_name(std::string_view name) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !name.empty() && !is_digit(name[0]) && std::ranges::all_of(name, allowed);
}

Result<void> read_policies(const JsonReader& environment, FunctionEntry& out) {
  const std::optional<JsonReader> policies = environment.find("ResourceAccessPolicies");
  if (!policies) return ok();
  FESCUE_TRY(items, policies->items());
  for (const JsonReader& item : items) {
    FESCUE_TRY(id, read_id(item, "ResourceId"));
    FESCUE_TRY(permission, item.string_or("Permission", ""));
    ResourceAccess access{std::move(id), std::nullopt};
    if (permission == "ro") access.permission = Access::read_only;
    if (permission == "rw") access.permission = Access::read_write;
    if (!permission.empty() && !access.permission) return item.error("Permission must be ro or rw");
    out.resources.push_back(std::move(access));
  }
  return ok();
}

Result<void> read_environment(const JsonReader& configuration, FunctionEntry& out) {
  const std::optional<JsonReader> environment = configuration.find("Environment");
  if (!environment) return ok();
  FESCUE_TRY(sysfs, environment->bool_or("AccessSysfs", false));
  out.access_sysfs = sysfs;
  FESCUE_TRY(execution, read_execution(*environment));
  out.execution.run_as = execution.run_as;
  if (!parse_isolation(execution.isolation, out.execution.isolation)) {
    return Error(Code::invalid_argument,
                 fmt::format("Your 'IsolationMode' configuration for function with arn {} is invalid.", out.arn.str()));
  }
  FESCUE_CHECK(read_policies(*environment, out));
  const std::optional<JsonReader> variables = environment->find("Variables");
  if (!variables) return ok();
  FESCUE_CHECK(variables->expect_object());
  for (const auto& member : variables->value().get_object()) {
    const std::string name(member.key());
    if (!member.value().is_string()) return variables->error(fmt::format("the value of \"{}\" must be a string", name));
    const std::string value(member.value().get_string());
    if (!is_variable_name(name)) {
      return variables->error(
          fmt::format("Invalid environment key name: \"{}\" (letters, digits and _ make one, and no "
                      "digit begins it)",
                      name.substr(0, 100)));
    }
    if (value.find('\0') != std::string::npos) {
      return variables->error(fmt::format("the value of \"{}\" holds a NUL character", name));
    }
    out.variables[name] = value;
  }
  return ok();
}

Result<void> read_encoding(const JsonReader& configuration, FunctionEntry& out) {
  FESCUE_TRY(encoding, configuration.string_or("EncodingType", ""));
  if (encoding == "json") out.encoding = Encoding::json;
  if (encoding == "binary") out.encoding = Encoding::binary;
  if (encoding.empty() || out.encoding) return ok();
  return configuration.error("EncodingType must be json or binary");
}

Result<void> read_configuration(const JsonReader& entry, FunctionEntry& out) {
  const std::optional<JsonReader> configuration = entry.find("FunctionConfiguration");
  if (!configuration) return ok();
  FESCUE_CHECK(configuration->expect_object());
  FESCUE_CHECK(read_encoding(*configuration, out));
  FESCUE_TRY(arguments, configuration->string_or("ExecArgs", ""));
  out.exec_args = std::move(arguments);
  FESCUE_TRY(executable, configuration->string_or("Executable", ""));
  out.executable = std::move(executable);
  FESCUE_TRY(runtime, configuration->string_or("FunctionRuntimeOverride", ""));
  out.runtime_override = std::move(runtime);
  FESCUE_TRY(pinned, configuration->bool_or("Pinned", false));
  out.pinned = pinned;
  if (const auto memory = configuration->find("MemorySize")) {
    FESCUE_TRY(kilobytes, memory->as_integer(0, kMaxKilobytes));
    if (kilobytes > 0) out.memory_kb = static_cast<std::uint64_t>(kilobytes);  // 0: none given
  }
  if (const auto timeout = configuration->find("Timeout")) {
    FESCUE_TRY(seconds, timeout->as_integer(1, kMaxSeconds));
    out.timeout = std::chrono::seconds(seconds);
  }
  return read_environment(*configuration, out);
}

/// An ARN that a group may name: a version or an alias, never $LATEST.
Result<FunctionArn> read_function_arn(const JsonReader& entry) {
  FESCUE_TRY(member, entry.get("FunctionArn"));
  FESCUE_TRY(text, member.as_string());
  auto arn = FunctionArn::parse(text);
  if (!arn) return member.error(arn.error());
  if (arn->qualifier() == "$LATEST") {
    return member.error(fmt::format("{} uses $LATEST, which a group cannot: name a version or an alias", text));
  }
  if (!arn->is_qualified() && !is_system_function(*arn)) {
    return member.error(fmt::format("{} has no qualifier: name a version or an alias", text));
  }
  return arn;
}

/// V1's rules on what may not stand together, with V1's words.
void check_combination(const FunctionEntry& function, const Execution& group, EntryList& list) {
  const auto refuse = [&](std::string_view what, std::string_view where) {
    list.add("InvalidFunctionConfiguration", fmt::format("{} configuration for function with arn {} is not allowed{}.",
                                                         what, function.arn.str(), where));
  };
  if (is_system_function(function.arn)) {
    const std::string_view name = function.arn.name();
    const bool executes = function.execution.isolation || function.execution.run_as != RunAs{};
    if ((name == "GGIPDetector" || name == "GGCloudSpooler") && executes) refuse("Execution", "");
    return;
  }
  if (effective_isolation(function, group) == Isolation::container) return;
  if (function.memory_kb) refuse("MemorySize", " in IsolationMode=NoContainer");
  if (function.access_sysfs) refuse("Access Sysfs", " in IsolationMode=NoContainer");
}

}  // namespace

Isolation effective_isolation(const FunctionEntry& function, const Execution& group) {
  if (function.execution.isolation) return *function.execution.isolation;
  return group.isolation.value_or(Isolation::container);
}

bool is_system_function(const FunctionArn& arn) { return arn.is_system(); }

void read_functions(const json::value& body, GroupDefinitions& into) {
  EntryList list(body, "Functions", "InvalidFunctionConfiguration", into.problems);
  if (const auto defaults = JsonReader(body, "").find("DefaultConfig")) {
    const auto execution = read_execution(*defaults);
    if (!execution) {
      list.add("InvalidFunctionConfiguration", execution.error().message());
    } else if (!parse_isolation(execution->isolation, into.default_execution.isolation)) {
      list.add("InvalidFunctionConfiguration", "Your 'IsolationMode' configuration for the group is invalid.");
    }
    if (execution) into.default_execution.run_as = execution->run_as;
  }
  const std::size_t before = into.functions.size();
  list.read(
      [](const JsonReader& entry) -> Result<FunctionEntry> {
        FunctionEntry out;
        FESCUE_TRY(id, entry.string_or("Id", ""));
        out.id = std::move(id);
        FESCUE_TRY(arn, read_function_arn(entry));
        out.arn = std::move(arn);
        FESCUE_CHECK(read_configuration(entry, out));
        return out;
      },
      into.functions);
  for (std::size_t i = before; i < into.functions.size(); ++i) {
    check_combination(into.functions[i], into.default_execution, list);
  }
}

}  // namespace fescue::cloud
