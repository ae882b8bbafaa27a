// Copying runtimes, SDKs, libraries, jars and compiled code below ROOT, readable by whoever functions run as.
#include "core/runtime_files.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"
#include "sys/storage/file.h"

namespace fescue {

namespace fs = std::filesystem;

namespace {

bool is_installation(const fs::path& path) { return fs::exists(path / "runtimes/python/lambda_runtime.py"); }

struct Copy {
  fs::path source, target;  // the target below the directory of the runtimes
  fs::perms mode = fs::perms(0644);
  std::uintmax_t bytes = 0;
  fs::file_time_type changed;
};
using Copies = std::vector<Copy>;

void add_file(Copies& out, const fs::directory_entry& file, fs::path target, fs::perms mode = fs::perms(0644)) {
  std::error_code gone;
  out.push_back({.source = file.path(),
                 .target = std::move(target),
                 .mode = mode,
                 .bytes = file.file_size(gone),
                 .changed = file.last_write_time(gone)});
}

/// All below a directory that must be there; no links.
Result<void> add_tree(Copies& out, const fs::path& from, const fs::path& to) {
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(from, failure)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_symlink()) continue;
    if (entry.is_directory()) {
      FESCUE_CHECK(add_tree(out, entry.path(), target));
    } else if (entry.is_regular_file()) {
      add_file(out, entry, target);
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

/// Jars, and archives of their classes, which JVMs hold against the jars' times. None of them where there was no Java
/// to build them with.
void add_java(Copies& out, const std::string& installation) {
  std::error_code failure;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(built_folder(installation, "runtimes/java"), failure)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".jar" || extension == ".jsa") add_file(out, entry, fs::path("java") / entry.path().filename());
  }
}

/// V8's code of the runtime's modules, if it was made after the last change of them; no other.
void add_nodejs_code(Copies& out, const std::string& installation) {
  const fs::path compiled = fs::path("nodejs/compiled");
  std::erase_if(out, [&](const Copy& copy) { return copy.target.parent_path() == compiled; });
  std::error_code failure;
  fs::file_time_type changed = fs::file_time_type::min();
  for (const fs::directory_entry& entry :
       fs::directory_iterator(installation + "/runtimes/nodejs/fescue_runtime", failure)) {
    changed = std::max(changed, entry.last_write_time(failure));
  }
  const fs::path source = built_folder(installation, "runtimes/nodejs") / "compiled";
  for (const fs::directory_entry& entry : fs::directory_iterator(source, failure)) {
    if (entry.last_write_time(failure) >= changed) add_file(out, entry, compiled / entry.path().filename());
  }
}

Result<void> add_c_library(Copies& out, const std::string& installation) {
  const fs::directory_entry library(built_folder(installation, "runtimes/executable") /
                                    "libaws-greengrass-core-sdk-c.so");
  if (!library.exists()) return Error(Code::not_found, "there is no " + library.path().string());
  add_file(out, library, fs::path("executable") / library.path().filename(), fs::perms(0755));
  return ok();
}

Result<Copies> copies_of(const std::string& installation) {
  Copies out;
  FESCUE_CHECK(add_tree(out, installation + "/runtimes/python", "python"));
  FESCUE_CHECK(add_tree(out, installation + "/sdk/python/greengrasssdk", "python/greengrasssdk"));
  FESCUE_CHECK(add_tree(out, installation + "/runtimes/nodejs", "nodejs"));
  FESCUE_CHECK(
      add_tree(out, installation + "/sdk/nodejs/aws-greengrass-core-sdk", "nodejs/modules/aws-greengrass-core-sdk"));
  add_nodejs_code(out, installation);
  add_java(out, installation);
  FESCUE_CHECK(add_c_library(out, installation));
  return out;
}

/// Whether these and no other files are there, by size and time.
bool are_there(const Copies& copies, const fs::path& directory) {
  for (const Copy& copy : copies) {
    std::error_code failure;
    const fs::path there = directory / copy.target;
    if (fs::file_size(there, failure) != copy.bytes || failure) return false;
    if (fs::last_write_time(there, failure) != copy.changed || failure) return false;
  }
  std::error_code failure;
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory, failure)) {
    files += entry.is_directory() ? 0 : 1;
  }
  return !failure && files == copies.size();
}

/// Directories of mode 0755 down to this one, which is below `top`.
Result<void> make_directory(const fs::path& directory, const fs::path& top) {
  std::error_code failure;
  if (fs::is_directory(directory, failure)) return ok();
  if (directory != top) FESCUE_CHECK(make_directory(directory.parent_path(), top));
  fs::create_directory(directory, failure);
  if (!failure) fs::permissions(directory, fs::perms(0755), failure);
  if (failure) return errno_error("making " + directory.string(), failure.value());
  return ok();
}

/// Files keep their times, by which Python sees that the byte code beside them (tools/compile_python) is theirs:
/// whoever may write that may write them as well.
Result<void> copy_all(const Copies& copies, const fs::path& directory) {
  for (const Copy& copy : copies) {
    const fs::path target = directory / copy.target;
    FESCUE_CHECK(make_directory(target.parent_path(), directory));
    std::error_code failure;
    fs::copy_file(copy.source, target, failure);
    if (!failure) fs::permissions(target, copy.mode, failure);
    if (!failure) fs::last_write_time(target, copy.changed, failure);
    if (failure) {
      return errno_error("copying " + copy.source.string() + " to " + directory.string(), failure.value());
    }
  }
  return make_directory(directory / "java", directory);  // which may have nothing in it
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
  FileSystem& files = real_file_system();
  FESCUE_TRY(copies, copies_of(installation));
  if (are_there(copies, target)) return ok();
  const std::string beside = target + ".new";
  FESCUE_CHECK(files.remove_tree(beside));
  if (const auto copied = copy_all(copies, beside); !copied) {
    static_cast<void>(files.remove_tree(beside));
    if (!files.exists(target + "/python/lambda_runtime.py")) return copied;
    log::error("Cannot install the runtimes of this version; functions run with those that are there.",
               {{"errorString", copied.error().message()}});
    return ok();
  }
  FESCUE_CHECK(files.remove_tree(target));
  return files.rename(beside, target);
}

}  // namespace fescue
