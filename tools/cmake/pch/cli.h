// Precompiled for the command line.
#pragma once
#include "asio.h"

#include <CLI/CLI.hpp>
