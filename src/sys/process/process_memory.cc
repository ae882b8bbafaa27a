// Resident pages of /proc/PID/statm and Pss of /proc/PID/smaps_rollup.
#include "sys/process/process_memory.h"

#include <unistd.h>

#include <fstream>
#include <string>

namespace fescue {

namespace {

std::optional<std::uint64_t> resident_kb(const std::string& process) {
  std::ifstream file(process + "/statm");
  std::uint64_t size = 0, resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

std::optional<std::uint64_t> proportional_kb(const std::string& process) {
  std::ifstream file(process + "/smaps_rollup");
  std::string word;
  while (file >> word) {
    std::uint64_t kb = 0;
    if (word == "Pss:" && file >> kb) return kb;
  }
  return std::nullopt;
}

}  // namespace

ProcessMemory memory_of(pid_t pid) {
  const std::string process = "/proc/" + (pid == 0 ? std::string("self") : std::to_string(pid));
  return {resident_kb(process), proportional_kb(process)};
}

}  // namespace fescue
