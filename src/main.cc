// `fescue`: hands the command line to cli/cli.h.
#include <sys/prctl.h>

#include "cli/cli.h"

int main(int argc, char** argv) {
  ::prctl(PR_SET_NAME, "fescue");  // a child that is started through /proc/self/exe would be called "exe"
  return fescue::cli::run_cli(argc, argv);
}
