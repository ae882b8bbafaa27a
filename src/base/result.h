// Result<T>: what can fail returns a value or an Error. The macros below keep straight-line code straight:
//
//   FESCUE_TRY(arn, FunctionArn::parse(text));          // declares `arn`, or returns the error
//   FESCUE_CHECK(store.save(arn));                      // for Result<void>
//   FESCUE_CO_TRY(body, co_await http.get(url));        // the same two inside a coroutine (co_return)
//   FESCUE_CO_CHECK(co_await http.put(url, body));
//
// They are declarations, not expressions: g++ 12 cannot compile a statement expression around co_await.
#pragma once

#include <utility>

#include <boost/system/result.hpp>

#include "base/assert.h"
#include "base/error.h"

namespace fescue {

template <class T>
using Result = boost::system::result<T, Error>;

/// A successful Result<void>.
inline Result<void> ok() { return {}; }

/// What result::value() does on an error: taking a value that is not there is a bug, not a failure.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  assertion_failed(error.message().c_str(), where.file_name(), static_cast<int>(where.line()));
}

}  // namespace fescue

#define FESCUE_CONCAT_(a, b) a##b
#define FESCUE_CONCAT(a, b) FESCUE_CONCAT_(a, b)

#define FESCUE_TRY_IMPL_(tmp, var, expr, ret) \
  auto tmp = (expr);                          \
  if (!tmp) ret std::move(tmp).error();       \
  auto var = std::move(*tmp)

#define FESCUE_CHECK_IMPL_(tmp, expr, ret) \
  if (auto tmp = (expr); !tmp) ret std::move(tmp).error()

#define FESCUE_TRY(var, expr) FESCUE_TRY_IMPL_(FESCUE_CONCAT(fescue_try_, __LINE__), var, expr, return )
#define FESCUE_CHECK(expr) FESCUE_CHECK_IMPL_(FESCUE_CONCAT(fescue_check_, __LINE__), expr, return )

#define FESCUE_CO_TRY(var, expr) FESCUE_TRY_IMPL_(FESCUE_CONCAT(fescue_try_, __LINE__), var, expr, co_return )
#define FESCUE_CO_CHECK(expr)                           \
  auto FESCUE_CONCAT(fescue_check_, __LINE__) = (expr); \
  if (!FESCUE_CONCAT(fescue_check_, __LINE__)) co_return std::move(FESCUE_CONCAT(fescue_check_, __LINE__)).error()
