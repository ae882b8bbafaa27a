// SQLite behind three types: Database, Statement, Transaction. One thread uses a Database at a time, and a Transaction
// is never held across a co_await: another operation would find itself inside it. Errors carry SQLite's text; a second
// row for a unique key is Code::already_exists, another broken constraint Code::conflict.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace fescue {

class Statement;

/// What a reader of rows makes of one. A reader that may fail returns a Result; its first error ends the reading.
template <class Made>
struct RowOf {
  using Value = Made;
};
template <class Made>
struct RowOf<Result<Made>> {
  using Value = Made;
};
template <class Reader>
using RowBy = typename RowOf<std::invoke_result_t<Reader&, const Statement&>>::Value;

/// A compiled statement, bound from index 1, stepped row by row. Once step() gave false (or an error) it may be bound
/// and run again; unbound parameters keep their values. Must not outlive its Database's use of it: keep it local.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);
  Statement& bind_blob(int index, std::string_view bytes);
  template <class... Values>
  Statement& bind_all(const Values&... values) {
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  Result<bool> step();  // true: a row is there
  Result<void> run();   // step to the end
  /// What `read(*this)` makes of each row that is left; of the first alone; nothing is made, `visit(*this)` is told.
  template <class Read>
  auto rows(Read read) -> Result<std::vector<RowBy<Read>>>;
  template <class Read>
  auto first(Read read) -> Result<std::optional<RowBy<Read>>>;
  template <class Visit>
  Result<void> each(Visit visit);
  std::string text(int column) const;  // also the bytes of a blob; NULL is ""
  std::int64_t integer(int column) const;
  bool is_null(int column) const;

 private:
  void reset();  // what follows binds and steps anew; ends the read lock
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;
};

/// A way to read a row of one column.
template <class Value>
Value first_column(const Statement& row) {
  return Value(row.text(0));
}

template <class Visit>
Result<void> Statement::each(Visit visit) {
  for (;;) {
    FESCUE_TRY(there, step());
    if (!there) return ok();
    visit(std::as_const(*this));
  }
}

template <class Read>
auto Statement::rows(Read read) -> Result<std::vector<RowBy<Read>>> {
  std::vector<RowBy<Read>> made;
  for (;;) {
    FESCUE_TRY(there, step());
    if (!there) return made;
    Result<RowBy<Read>> row = read(std::as_const(*this));
    if (!row) return row.error();
    made.push_back(std::move(*row));
  }
}

template <class Read>
auto Statement::first(Read read) -> Result<std::optional<RowBy<Read>>> {
  FESCUE_TRY(there, step());
  if (!there) return std::optional<RowBy<Read>>();
  Result<RowBy<Read>> row = read(std::as_const(*this));
  reset();
  if (!row) return row.error();
  return std::optional(std::move(*row));
}

class Database {
 public:
  /// Opens or creates `path` (0600) in WAL mode, foreign keys on, 5 s busy timeout. ":memory:" for tests.
  static Result<Database> open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  Result<void> execute(std::string_view sql);  // one or more statements without parameters
  std::int64_t changes() const;

  /// Brings the schema to migrations.size(): step i runs when user_version is i, each in a transaction. A database from
  /// the future is refused.
  Result<void> migrate(const std::vector<std::string_view>& migrations);

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back unless commit() succeeded. Does not nest.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&&) noexcept;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace fescue
