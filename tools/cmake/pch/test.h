// Precompiled for the unit tests of every folder.
#pragma once
#include "asio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
