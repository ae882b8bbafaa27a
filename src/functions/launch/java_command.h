// How a Java worker is started: the options of its JVM, its class path, its archive of classes. Pure, but for
// class_archive().
#pragma once

#include <string>
#include <vector>

#include "functions/launch/worker_environment.h"
#include "model/group.h"

namespace fescue {

/// argv of the JVM. ExecArgs are options of the JVM; they come after ours and win. The class path is V1's order: the
/// core's own classes, the package, its jars and those of its lib folder, and last what a package may have left out.
///
/// The heap begins small; in a container it gets what MemorySize leaves beside what a JVM needs besides. Compilation
/// stops at the first level and the collector is the serial one, as in AWS Lambda: a start takes a fifth less. Or G1,
/// where the archive is of a JVM that cannot use all of it with another and the heap is not small: a start takes a
/// quarter less again.
std::vector<std::string> java_arguments(const FunctionConfig& function, const WorkerSettings& settings,
                                        const std::vector<std::string>& exec_args);

/// Of the classes that a start needs, made for one JVM (tools/archive_java): its name, "usr-lib-jvm-x-bin-java.jsa", or
/// "….g1.jsa" for one up to Java 17, in `runtimes`/java; empty without one. One that is older than the jar or the JVM
/// does not count: it would be worse than none, since the JVM then goes without its own as well.
std::string class_archive(const std::string& runtimes, const std::string& interpreter);

}  // namespace fescue
