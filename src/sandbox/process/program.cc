// The head of a program, read as the kernel reads it.
#include "sandbox/process/program.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/fd.h"

namespace fescue {

namespace {

template <class Layout>
std::optional<Layout> layout_at(std::string_view bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(Layout)) return std::nullopt;
  Layout layout;
  std::memcpy(&layout, bytes.data() + offset, sizeof layout);
  return layout;
}

std::string script_interpreter(std::string_view head) {
  std::string_view line = head.substr(2, head.find('\n') - 2);
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  line.remove_prefix(first);
  return std::string(line.substr(0, line.find_first_of(" \t\r")));
}

template <class Header, class Segment>
std::string elf_loader(std::string_view head) {
  const auto header = layout_at<Header>(head, 0);
  if (!header || header->e_phentsize != sizeof(Segment)) return {};
  for (std::size_t i = 0; i < header->e_phnum; ++i) {
    const auto segment = layout_at<Segment>(head, header->e_phoff + i * sizeof(Segment));
    if (!segment) return {};
    if (segment->p_type != PT_INTERP) continue;
    if (segment->p_offset > head.size() || head.size() - segment->p_offset < segment->p_filesz) return {};
    const std::string_view name = head.substr(segment->p_offset, segment->p_filesz);
    return std::string(name.substr(0, name.find('\0')));
  }
  return {};
}

std::string head_of(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, kProgramHead> head;
  const ssize_t size = file ? ::read(file.get(), head.data(), head.size()) : 0;
  return size > 0 ? std::string(head.data(), static_cast<std::size_t>(size)) : "";
}

}  // namespace

std::string loader_of(std::string_view head) {
  if (head.starts_with("#!")) return script_interpreter(head);
  if (!head.starts_with(ELFMAG) || head.size() <= EI_CLASS) return {};
  return head[EI_CLASS] == ELFCLASS64 ? elf_loader<Elf64_Ehdr, Elf64_Phdr>(head)
                                      : elf_loader<Elf32_Ehdr, Elf32_Phdr>(head);
}

Result<void> check_program(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return errno_error("run " + path);
  if (!S_ISREG(status.st_mode)) return errno_error("run " + path, EACCES);
  if (::access(path.c_str(), X_OK) != 0) return errno_error("run " + path);
  const std::string loader = loader_of(head_of(path));
  if (loader.empty() || ::access(loader.c_str(), X_OK) == 0) return ok();
  return Error(Code::not_found, "run " + path + ": it needs " + loader + ", which is not there");
}

}  // namespace fescue
