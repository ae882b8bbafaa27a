// Strong<Tag>: a string that knows what it names. Two tags never mix, and nothing turns a bare string into one by
// accident. Types with a grammar (ARNs, topics) are classes of their own whose only maker is parse().
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace fescue {

template <class Tag>
class Strong {
 public:
  Strong() = default;
  explicit Strong(std::string value) : value_(std::move(value)) {}

  const std::string& str() const { return value_; }
  std::string_view view() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const Strong&, const Strong&) = default;
  friend auto operator<=>(const Strong&, const Strong&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Strong& id) { return out << id.value_; }

 private:
  std::string value_;
};

/// A bool with a name: `using Pinned = StrongBool<struct PinnedTag>;`, then Pinned::yes or Pinned::no.
template <class Tag>
class StrongBool {
 public:
  static const StrongBool yes;
  static const StrongBool no;
  constexpr StrongBool() = default;
  constexpr explicit StrongBool(bool value) : value_(value) {}
  constexpr explicit operator bool() const { return value_; }
  friend constexpr bool operator==(StrongBool, StrongBool) = default;

 private:
  bool value_ = false;
};

template <class Tag>
inline constexpr StrongBool<Tag> StrongBool<Tag>::yes{true};
template <class Tag>
inline constexpr StrongBool<Tag> StrongBool<Tag>::no{false};

}  // namespace fescue

template <class Tag>
struct std::hash<fescue::Strong<Tag>> {
  std::size_t operator()(const fescue::Strong<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
