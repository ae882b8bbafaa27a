// RuntimeVersion: what a runtime's name, or an interpreter, says about its version. VersionProbe asks the interpreter.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fescue {

enum class RuntimeFamily { python, node };
std::string_view name_of(RuntimeFamily family);  // "Python", "Node.js"
inline constexpr std::array kRuntimeFamilies = {RuntimeFamily::python, RuntimeFamily::node};

struct RuntimeVersion {
  RuntimeFamily family = RuntimeFamily::python;
  int major = 0;
  std::optional<int> minor{};  // absent: any, as in "nodejs12.x"

  std::string str() const;      // "Python 3.11", "Node.js 12"
  std::string runtime() const;  // its name as a runtime: "python3.11", "nodejs12.x"
  bool operator==(const RuntimeVersion&) const = default;
};

/// "python3.11", "nodejs6.10", "nodejs12.x"; nothing else, in particular no lone "nodejs".
std::optional<RuntimeVersion> parse_runtime(std::string_view runtime);

/// Whether `offered` is what `wanted` means: Python the same minor version, Node.js the same major version and at least
/// its minor one.
bool is_exactly(const RuntimeVersion& offered, const RuntimeVersion& wanted);

/// Whether code for `wanted` may be tried on `offered`, a later version: see interpreters.h.
bool is_newer(const RuntimeVersion& offered, const RuntimeVersion& wanted);

/// What "v20.11.1\n" says.
std::optional<RuntimeVersion> parse_node_answer(std::string_view text);

/// Remembers what it was told. It may block for as long as a program takes to print its version, two seconds at most.
class VersionProbe {
 public:
  /// Of the Node.js at `path`; nothing when it does not say.
  std::optional<RuntimeVersion> node(const std::string& path);

 private:
  std::map<std::string, std::optional<RuntimeVersion>> known_;
};

}  // namespace fescue
