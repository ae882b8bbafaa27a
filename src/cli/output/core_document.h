// Reading what a core says, which may be of another version than this command line: what is not there, or of another
// type, is null, empty, zero or false, and never an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>

namespace fescue::cli {

/// Of an object; the reference lives as long as `value`.
const boost::json::value& member(const boost::json::value& value, std::string_view name);

// Members of an object.
std::string text(const boost::json::value& value, std::string_view name);
/// Of what is to stay within its line: functions and untrusted peers put line feeds into reasons.
std::string line(const boost::json::value& value, std::string_view name);
std::uint64_t number(const boost::json::value& value, std::string_view name);
const boost::json::array& items(const boost::json::value& value, std::string_view name);
bool flag(const boost::json::value& value, std::string_view name);

}  // namespace fescue::cli
