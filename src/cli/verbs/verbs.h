// One function for each verb: it adds its subcommand to the parser. The chosen verb sets `status`, the exit status.
#pragma once

#include <CLI/CLI.hpp>

namespace fescue::cli {

void add_up(CLI::App& app, int& status);
void add_cloud(CLI::App& app, int& status);
void add_core(CLI::App& app, int& status);
void add_env(CLI::App& app, int& status);
void add_key(CLI::App& app, int& status);
void add_status(CLI::App& app, int& status);
void add_invoke(CLI::App& app, int& status);
void add_run_local(CLI::App& app, int& status);
void add_pub(CLI::App& app, int& status);
void add_sub(CLI::App& app, int& status);
void add_logs(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_completion(CLI::App& app, int& status);
void add_man(CLI::App& app, int& status);

/// All of them.
void add_verbs(CLI::App& app, int& status);

}  // namespace fescue::cli
