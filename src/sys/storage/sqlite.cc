// SQLite's calls behind Database, Statement and Transaction, its result codes as ours, and the migrations of a schema.
#include "sys/storage/sqlite.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <utility>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/fd.h"

namespace fescue {

namespace {

constexpr int kBusyTimeoutMs = 5000;

Code code_of(int status) {
  switch (status) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Code::already_exists;
    default:
      break;
  }
  switch (status & 0xff) {
    case SQLITE_CONSTRAINT:
      return Code::conflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::unavailable;
    case SQLITE_TOOBIG:
      return Code::too_large;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::permission_denied;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::io;
    default:
      return Code::internal;
  }
}

Error sqlite_error(sqlite3* handle, std::string_view what) {
  const int status = sqlite3_errcode(handle) & 0xff;
  if (status == SQLITE_CORRUPT || status == SQLITE_NOTADB) {
    return Error(Code::io,
                 fmt::format("the database {} is damaged ({}); stop, and put a copy in its place, or move it away "
                             "with its -wal and -shm to begin anew",
                             sqlite3_db_filename(handle, "main"), sqlite3_errmsg(handle)));
  }
  return Error(code_of(sqlite3_extended_errcode(handle)), fmt::format("{}: {}", what, sqlite3_errmsg(handle)));
}

/// SQLite would create the file with the umask's mode; its -wal and -shm files copy the mode of the main file.
Result<void> create_private_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0600));
  struct stat found;
  if (!file || ::fstat(file.get(), &found) != 0) return errno_error("cannot open database " + path);
  if (!S_ISREG(found.st_mode)) {  // SQLite would wait for ever for the writer of a pipe
    return Error(Code::io, fmt::format("cannot open database {}: it is not a regular file", path));
  }
  return ok();
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL; an empty view may have one.
  const char* data = text.data() == nullptr ? "" : text.data();
  const int status = sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  FESCUE_ASSERT(status == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  const int status = sqlite3_bind_int64(statement_, index, number);
  FESCUE_ASSERT(status == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  const int status = sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_TRANSIENT);
  FESCUE_ASSERT(status == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int status = sqlite3_step(statement_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  Error error = sqlite_error(sqlite3_db_handle(statement_), "database");
  sqlite3_reset(statement_);
  return error;
}

void Statement::reset() { sqlite3_reset(statement_); }

Result<void> Statement::run() {
  while (true) {
    FESCUE_TRY(row, step());
    if (!row) return ok();
  }
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<Database> Database::open(const std::string& path) {
  if (path != ":memory:") FESCUE_CHECK(create_private_file(path));
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int status = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle);  // owns the handle, also a failed one
  if (status != SQLITE_OK) {
    const char* why = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(status);
    return Error(code_of(status), fmt::format("cannot open database {}: {}", path, why));
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (auto set = database.execute("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON"); !set) {
    return set.error().in("cannot open database " + path);
  }
  return database;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int status = sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (status != SQLITE_OK) return sqlite_error(handle_, "cannot prepare statement");
  FESCUE_ASSERT(statement != nullptr);  // `sql` holds a statement, not only blanks
  return Statement(statement);
}

Result<void> Database::execute(std::string_view sql) {
  if (sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return ok();
  return sqlite_error(handle_, "database");
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

namespace {

Result<std::int64_t> user_version(Database& database) {
  FESCUE_TRY(statement, database.prepare("PRAGMA user_version"));
  FESCUE_TRY(row, statement.step());
  return row ? statement.integer(0) : 0;
}

}  // namespace

Result<void> Database::migrate(const std::vector<std::string_view>& migrations) {
  FESCUE_TRY(version, user_version(*this));
  const auto latest = static_cast<std::int64_t>(migrations.size());
  if (version < 0 || version > latest) {
    return Error(Code::conflict, fmt::format("the database has schema version {}, this program knows versions up to {}",
                                             version, latest));
  }
  for (std::int64_t step = version; step < latest; ++step) {
    FESCUE_TRY(transaction, Transaction::begin(*this));
    if (auto done = execute(migrations[static_cast<std::size_t>(step)]); !done) {
      return done.error().in(fmt::format("schema step {}", step + 1));
    }
    FESCUE_CHECK(execute(fmt::format("PRAGMA user_version = {}", step + 1)));
    FESCUE_CHECK(transaction.commit());
  }
  return ok();
}

Result<Transaction> Transaction::begin(Database& database) {
  FESCUE_CHECK(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // A failing ROLLBACK means SQLite has rolled back by itself (disk full, I/O error).
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  FESCUE_ASSERT(database_ != nullptr);
  FESCUE_CHECK(database_->execute("COMMIT"));
  database_ = nullptr;
  return ok();
}

}  // namespace fescue
