// The names of Asio that the code uses, and nothing else of it.
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
