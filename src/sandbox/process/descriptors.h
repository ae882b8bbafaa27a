// The descriptors of a worker: exactly 0 to 6, or to 7.
#pragma once

#include "base/result.h"
#include "sandbox/spec.h"

namespace fescue {

/// Puts /dev/null at 0, the spec's outputs at 1 to 6 and its connection where it belongs. An output that is an
/// anonymous pipe becomes the worker's own, so that a function may open /dev/stdout and /dev/stderr by name. The spec's
/// working directory stays usable; its other descriptors do not matter after this. Returns the number of the working
/// directory's descriptor, which may have moved.
Result<int> place_descriptors(const WorkerSpec& spec);

/// The first descriptor that the worker is not to have.
int first_unwanted(const WorkerSpec& spec);

/// Closes every descriptor from `first` up.
Result<void> close_from(int first);

/// Closes every descriptor from 3 up but `kept`.
Result<void> close_others(std::vector<int> kept);

}  // namespace fescue
