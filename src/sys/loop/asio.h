// The names of Asio that the code uses, and nothing else of it.
//
// What g++ 12 compiles wrongly around co_await, each found by ASan: `cond ? a() : co_await b()`; co_await inside the
// condition of `if` or `while`; an aggregate in braces, or a closure with captures that need a destructor, made inside
// the co_await expression. Give each a name on a line of its own first.
#pragma once

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace fescue {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using unix_socket = asio::local::stream_protocol;

template <class T>
using Task = asio::awaitable<T>;

/// Completion token of every wait: co_await gives (error_code, values...) and never throws.
inline constexpr auto use_result = asio::as_tuple(asio::use_awaitable);

}  // namespace fescue
