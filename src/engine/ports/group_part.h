// Port: one part of a core that a deployed group configures: the functions, the routes, the system log. The core holds
// one ordered list of them (core_group_host.h) and takes all of them from one group to the next together:
//
//   prepare, part by part in order -> commit of all, in one turn of the loop
//                                  -> or, when one refuses, roll_back of those that were prepared, the last one first
//
// Everything runs on the loop's thread. The calls come in this order only, so a part holds at most one prepared group.
// At start-up all parts restore() at once: one that others call (secrets) serves from its disk when restore() returns.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/group.h"

namespace fescue {

/// A group whose packages are all on disk.
struct StagedGroup {
  std::shared_ptr<const Group> group;
  std::map<FunctionArn, std::string> code;  // unpacked package of each function, absolute path
};

class GroupPart {
 public:
  /// Called exactly once, possibly before the call that takes it returns.
  using Done = std::function<void(Result<void>)>;

  virtual ~GroupPart() = default;

  /// Gets ready to serve the group, beside the one that runs and goes on serving. What is wrong with the group for this
  /// part is the error; then nothing of it is left, and neither commit() nor roll_back() follows.
  virtual void prepare(StagedGroup staged, Done done) = 0;

  /// The prepared group becomes the running one. Cannot fail.
  virtual void commit() = 0;

  /// Drops what was prepared. Nothing happens when a deactivation has done that already.
  virtual void roll_back() = 0;

  /// Start-up, when nothing runs yet: serves the saved group as far as it can, at once. The error names what does not
  /// work; the rest does.
  virtual void restore(StagedGroup staged, Done done) {
    prepare(std::move(staged), [this, done = std::move(done)](Result<void> prepared) {
      if (prepared) commit();
      done(std::move(prepared));
    });
  }

  /// Ends serving, and a prepare() that is under way (with `cancelled`). `done` is called once, when it has ended.
  virtual void deactivate(std::function<void()> done) = 0;

  /// What the status of a deployment should say of the group that runs although it succeeded, as sentences.
  virtual std::vector<std::string> remarks() const { return {}; }
};

}  // namespace fescue
