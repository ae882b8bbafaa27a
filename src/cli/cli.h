// The command line of `fescue`: parses, runs the chosen verb, returns the exit status (2 for a wrong command line).
#pragma once

namespace fescue::cli {

int run_cli(int argc, char** argv);

}  // namespace fescue::cli
