// A walk for each link, part by part from the root, in which a link is replaced by what it holds.
#include "sys/storage/archive_links.h"

#include <deque>
#include <string_view>

#include <fmt/format.h>

#include "base/text/paths.h"

namespace fescue {

namespace {

constexpr int kMaxFollowed = 40;              // links on one way, as in Linux
constexpr std::size_t kMaxSteps = 1'000'000;  // of all ways together

std::deque<std::string_view> parts_of(std::string_view path) {
  std::deque<std::string_view> out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") out.push_back(part);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return out;
}

class LinkWalk {
 public:
  explicit LinkWalk(const ArchiveLinks& links) : links_(links) {}

  /// Why the link `name`, whose directory is no link, must not hold `target`; empty when it may.
  std::string problem_of(const std::string& name, const std::string& target) {
    here_ = std::string(parent_of(name));
    ahead_.clear();
    if (std::string why = enter(target); !why.empty()) return why;
    int followed = 0;
    while (!ahead_.empty()) {
      if (++steps_ > kMaxSteps) return "the links of the zip lead through one another without end";
      const std::string_view part = ahead_.front();
      ahead_.pop_front();
      if (part == "..") {
        if (here_.empty()) return "it leads out of the package";
        here_ = std::string(parent_of(here_));
        continue;
      }
      const std::size_t directory = here_.size();
      here_ += here_.empty() ? std::string(part) : "/" + std::string(part);
      const auto link = links_.find(here_);
      if (link == links_.end()) continue;
      if (++followed > kMaxFollowed) return "it leads in a circle";
      here_.resize(directory);
      if (std::string why = enter(link->second); !why.empty()) return why;
    }
    return "";
  }

 private:
  std::string enter(std::string_view target) {
    if (target.empty()) return "it leads nowhere";
    if (target.starts_with('/')) return "it is absolute";
    const auto parts = parts_of(target);
    ahead_.insert(ahead_.begin(), parts.begin(), parts.end());
    return "";
  }

  const ArchiveLinks& links_;
  std::deque<std::string_view> ahead_;
  std::string here_;  // a directory of the archive; empty: its root
  std::size_t steps_ = 0;
};

}  // namespace

Result<void> check_links(const ArchiveLinks& links) {
  LinkWalk walk(links);
  for (const auto& [name, target] : links) {
    const std::string why = walk.problem_of(name, target);
    if (why.empty()) continue;
    return Error(Code::invalid_argument,
                 fmt::format("zip entry \"{}\": symbolic link to \"{}\": {}", name.substr(0, 200),
                             std::string_view(target).substr(0, 200), why));
  }
  return ok();
}

}  // namespace fescue
