// RuntimeVersion: what a runtime's name, or an interpreter, says about its version. VersionProbe asks the interpreter.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fescue {

enum class RuntimeFamily { python, node, java };
std::string_view name_of(RuntimeFamily family);  // "Python", "Node.js", "Java"
inline constexpr std::array kRuntimeFamilies = {RuntimeFamily::python, RuntimeFamily::node, RuntimeFamily::java};

struct RuntimeVersion {
  RuntimeFamily family = RuntimeFamily::python;
  int major = 0;
  std::optional<int> minor{};  // absent: any, as in "nodejs12.x", and always of Java

  std::string str() const;      // "Python 3.11", "Node.js 12", "Java 17"
  std::string runtime() const;  // its name as a runtime: "python3.11", "nodejs12.x", "java17"
  bool operator==(const RuntimeVersion&) const = default;
};

/// "python3.11", "nodejs6.10", "nodejs12.x", "java8", "java8.al2"; nothing else, in particular no lone "nodejs".
std::optional<RuntimeVersion> parse_runtime(std::string_view runtime);

/// Whether `offered` is what `wanted` means: Python the same minor version, Java the same major one, Node.js that and
/// at least its minor one.
bool is_exactly(const RuntimeVersion& offered, const RuntimeVersion& wanted);

/// Whether code for `wanted` may be tried on `offered`, a later version: see interpreters.h.
bool is_newer(const RuntimeVersion& offered, const RuntimeVersion& wanted);

/// What "v20.11.1\n" says.
std::optional<RuntimeVersion> parse_node_answer(std::string_view text);

/// What a JDK's file `release` says: JAVA_VERSION="17.0.15", or "1.8.0_402".
std::optional<RuntimeVersion> parse_java_release(std::string_view text);

/// What `java -version` says: openjdk version "17.0.15" 2025-04-15.
std::optional<RuntimeVersion> parse_java_answer(std::string_view text);

/// Remembers what it was told. It may block for as long as a program takes to print its version, two seconds at most.
class VersionProbe {
 public:
  /// Of the Node.js at `path`; nothing when it does not say.
  std::optional<RuntimeVersion> node(const std::string& path);
  /// Of the JVM that `path` starts, by the file `release` of its JDK where there is one.
  std::optional<RuntimeVersion> java(const std::string& path);

 private:
  std::map<std::string, std::optional<RuntimeVersion>> known_;
};

}  // namespace fescue
