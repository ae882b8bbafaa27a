// Copying runtimes, SDKs, libraries, jars and compiled code below ROOT, readable by whoever functions run as.
#include "core/runtime_files.h"

#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sys/storage/file.h"

namespace fescue {

namespace fs = std::filesystem;

namespace {

bool is_installation(const fs::path& path) { return fs::exists(path / "runtimes/python/lambda_runtime.py"); }

/// With its times.
Result<void> copy_file(const fs::directory_entry& source, const fs::path& target) {
  std::error_code failure;
  fs::copy_file(source.path(), target, failure);
  if (failure) return errno_error("copying " + source.path().string(), failure.value());
  fs::permissions(target, fs::perms(0644), failure);
  fs::last_write_time(target, source.last_write_time(failure), failure);
  return ok();
}

/// From an existing directory to one that does not exist yet; no links. Files keep their times, by which Python sees
/// that the byte code beside them (tools/compile_python) is theirs: whoever may write that may write them as well.
Result<void> copy_tree(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::create_directories(to, failure);
  if (failure) return errno_error("making " + to.string(), failure.value());
  fs::permissions(to, fs::perms(0755), failure);
  for (const fs::directory_entry& entry : fs::directory_iterator(from, failure)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) {
      FESCUE_CHECK(copy_tree(entry.path(), target));
    } else if (entry.is_regular_file()) {
      FESCUE_CHECK(copy_file(entry, target));
    }
  }
  if (failure) return errno_error("reading " + from.string(), failure.value());
  return ok();
}

/// What is built lies beside the executable in a checkout, with the rest where Fescue is installed.
fs::path built_folder(const std::string& installation, std::string_view folder) {
  std::error_code failure;
  const fs::path built = fs::read_symlink("/proc/self/exe", failure).parent_path() / folder;
  return fs::exists(built, failure) ? built : fs::path(installation) / folder;
}

Result<void> install_c_library(const std::string& installation, const std::string& target) {
  const fs::path source = built_folder(installation, "runtimes/executable") / "libaws-greengrass-core-sdk-c.so";
  const fs::path copy = fs::path(target) / source.filename();
  std::error_code failure;
  fs::create_directories(target, failure);
  if (!failure) fs::permissions(target, fs::perms(0755), failure);
  if (!failure) fs::copy_file(source, copy, failure);
  if (!failure) fs::permissions(copy, fs::perms(0755), failure);
  if (failure) return errno_error("copying " + source.string() + " to " + target, failure.value());
  return ok();
}

/// Jars, and archives of their classes, which JVMs hold against the jars' times. None of them where there was no Java
/// to build them with.
Result<void> install_java(const std::string& installation, const std::string& target) {
  const fs::path source = built_folder(installation, "runtimes/java");
  std::error_code failure;
  fs::create_directories(target, failure);
  if (!failure) fs::permissions(target, fs::perms(0755), failure);
  if (failure) return errno_error("making " + target, failure.value());
  for (const fs::directory_entry& entry : fs::directory_iterator(source, failure)) {
    const fs::path extension = entry.path().extension();
    if (extension != ".jar" && extension != ".jsa") continue;
    FESCUE_CHECK(copy_file(entry, fs::path(target) / entry.path().filename()));
  }
  return ok();
}

/// V8's code of the runtime's modules, if it was made after the last change of them; no other.
Result<void> install_nodejs_code(const std::string& installation, const std::string& target) {
  const fs::path source = built_folder(installation, "runtimes/nodejs") / "compiled";
  std::error_code failure;
  fs::remove_all(target, failure);
  fs::file_time_type changed = fs::file_time_type::min();
  for (const fs::directory_entry& entry :
       fs::directory_iterator(installation + "/runtimes/nodejs/fescue_runtime", failure)) {
    changed = std::max(changed, entry.last_write_time(failure));
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(source, failure)) {
    if (entry.last_write_time(failure) < changed) continue;
    fs::create_directories(target, failure);
    fs::permissions(target, fs::perms(0755), failure);
    FESCUE_CHECK(copy_file(entry, fs::path(target) / entry.path().filename()));
  }
  return ok();
}

}  // namespace

Result<std::string> find_installation(const std::string& wanted) {
  std::vector<fs::path> places;
  if (!wanted.empty()) {
    places = {wanted};
  } else {
    std::error_code failure;
    const fs::path executable = fs::read_symlink("/proc/self/exe", failure);
    places = {executable.parent_path().parent_path().parent_path(), "/usr/lib/fescue"};  // CHECKOUT/build/PRESET/fescue
  }
  for (const fs::path& place : places) {
    if (is_installation(place)) return place.string();
  }
  std::vector<std::string> names;
  names.reserve(places.size());
  for (const fs::path& place : places) names.push_back(place.string());
  return Error(Code::not_found,
               fmt::format("no runtimes/python/lambda_runtime.py in {}; name the installation with --runtimes",
                           fmt::join(names, ", ")));
}

Result<void> install_runtimes(const std::string& installation, const std::string& target) {
  FESCUE_CHECK(real_file_system().remove_tree(target));
  FESCUE_CHECK(copy_tree(installation + "/runtimes/python", target + "/python"));
  FESCUE_CHECK(copy_tree(installation + "/sdk/python/greengrasssdk", target + "/python/greengrasssdk"));
  FESCUE_CHECK(copy_tree(installation + "/runtimes/nodejs", target + "/nodejs"));
  FESCUE_CHECK(copy_tree(installation + "/sdk/nodejs/aws-greengrass-core-sdk",
                         target + "/nodejs/modules/aws-greengrass-core-sdk"));
  FESCUE_CHECK(install_nodejs_code(installation, target + "/nodejs/compiled"));
  FESCUE_CHECK(install_java(installation, target + "/java"));
  return install_c_library(installation, target + "/executable");
}

}  // namespace fescue
