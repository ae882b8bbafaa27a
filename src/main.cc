#include "cli/cli.h"

int main(int argc, char** argv) { return fescue::cli::run_cli(argc, argv); }
