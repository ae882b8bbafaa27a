// Looking for the files that a handler of each language would name.
#include "core/local_run/guess_runtime.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/group.h"

namespace fescue {

namespace fs = std::filesystem;

namespace {

bool is_file(const fs::path& path) {
  std::error_code failure;
  return fs::is_regular_file(path, failure);
}

bool has_one_of(const std::string& stem, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return is_file(stem + std::string(end)); });
}

/// "pkg.mod.func" names pkg/mod, as does "pkg/mod.func"; "pkg.Class" or "pkg.Class::method" a class.
std::optional<RuntimeFamily> language_of(const std::string& package, const std::string& handler) {
  std::string name = handler;
  std::ranges::replace(name, '.', '/');
  if (handler.find("::") != std::string::npos || is_file(package + "/" + name + ".class")) return RuntimeFamily::java;
  const std::size_t dot = handler.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  const std::string as_it_is = package + "/" + handler.substr(0, dot);
  std::string dotted = handler.substr(0, dot);
  std::ranges::replace(dotted, '.', '/');
  const std::string path = package + "/" + dotted;
  if (has_one_of(path, {".py", "/__init__.py"})) return RuntimeFamily::python;
  if (has_one_of(as_it_is, {".js", ".mjs", ".cjs", "/index.js"})) return RuntimeFamily::node;
  if (has_one_of(path, {".js", ".mjs", ".cjs", "/index.js"})) return RuntimeFamily::node;
  return std::nullopt;
}

}  // namespace

Result<std::string> guess_runtime(const std::string& package, const std::string& handler,
                                  const InterpreterSearch& search, const UserIds& user) {
  if (const auto family = language_of(package, handler)) {
    for (const FoundInterpreter& found : list_interpreters(search, user)) {
      if (found.version.family == *family && found.usable) return found.version.runtime();
    }
    return Error(Code::not_found,
                 fmt::format("the package is for {}, and there is no interpreter in {}; name one with --interpreter",
                             name_of(*family), fmt::join(search.directories, " or ")));
  }
  if (is_file(package + "/" + std::string(kBootstrap))) return std::string("provided.al2023");
  if (handler.find('/') == std::string::npos && is_file(package + "/" + handler)) {
    return std::string(kExecutableRuntime);
  }
  return Error(Code::invalid_argument,
               fmt::format("the package has no module, program or {} for the handler {}; a handler is module.function, "
                           "package.Class::method or a program's name. If it is right, name the runtime with --runtime",
                           kBootstrap, handler.substr(0, 200)));
}

}  // namespace fescue
