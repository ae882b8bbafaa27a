// CallerQuota: connections to all listeners of a process whose callers are known only by what they say there (a worker,
// by its token). One quota over all those listeners:
//
//   a newcomer       always gets a place. Of one origin (origin.h) there are `of_origin` at most, of all `in_all` with
//                    the known ones: beyond that the oldest newcomer of the origin, or of the one that has most, is
//                    closed. So a silent connection displaces those of its own origin, never others.
//   a known caller   has `of_caller` connections at most: one more is told so. They are its own whatever others do, and
//                    are closed with it.
//
// One thread. Places may outlive the quota.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

namespace fescue {

class CallerQuota {
  struct State;

 public:
  struct Limits {
    std::size_t of_origin, of_caller, in_all;
  };
  /// For this process: half of its descriptors at most, 4096 in all; of these a sixteenth for newcomers of one origin
  /// (256 at most), and a sixty-fourth for one caller (8 to 64).
  static Limits limits_here();

  explicit CallerQuota(Limits limits);

  /// Held while its connection lives.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// How the connection is closed; it is there as long as the place is.
    void on_close(std::function<void()> close) { close_ = std::move(close); }
    /// Who speaks on it: the first that is known keeps it. False: that caller has too many.
    bool belongs_to(const std::string& caller);
    /// Who that is; empty while nobody knows.
    std::string caller() const { return is_known_ ? key_ : ""; }

   private:
    friend class CallerQuota;
    explicit Place(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
    std::string key_;
    std::function<void()> close_;
    std::list<Place*>::iterator at_;
    bool is_known_ = false;
    bool is_out_ = false;  // its connection was closed and counts no more
  };

  /// Null: everything is taken by callers that are known.
  std::shared_ptr<Place> take(const std::string& origin);
  /// Closes all connections of a caller.
  void close_all_of(const std::string& caller);

  const Limits& limits() const;
  std::size_t newcomers() const;
  std::size_t known() const;
  /// Ever-growing: newcomers that were closed for others; connections that were too many of a caller or of all.
  std::uint64_t gave_way() const;
  std::uint64_t refused() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace fescue
