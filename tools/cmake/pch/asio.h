// Precompiled for the folders that do I/O.
#pragma once
#include "pure.h"

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
