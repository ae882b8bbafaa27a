// Values, transactions, constraints and migrations, in memory and on the disk.
#include "sys/storage/sqlite.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/fakes/temp_directory.h"

namespace fescue {
namespace {

Database memory() { return Database::open(":memory:").value(); }

std::int64_t count(Database& database, std::string_view table) {
  Statement statement = database.prepare("SELECT count(*) FROM " + std::string(table)).value();
  EXPECT_TRUE(statement.step().value());
  return statement.integer(0);
}

class DatabaseFile : public testing::Test {
 protected:
  std::string path() const { return directory_.path("state.db"); }
  const TempDirectory directory_;
};

TEST(Statement, KeepsTextNumbersBlobsAndNull) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a, b, c, d, e)"));
  const std::string bytes("\0\xff\n", 3);
  Statement insert = database.prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)").value();
  insert.bind_all("text", std::int64_t{1} << 40, std::string_view());
  insert.bind_blob(4, bytes);  // what is not bound is NULL
  ASSERT_TRUE(insert.run());

  Statement select = database.prepare("SELECT * FROM t").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.text(0), "text");
  EXPECT_EQ(select.integer(1), std::int64_t{1} << 40);
  EXPECT_EQ(select.text(2), "");
  EXPECT_FALSE(select.is_null(2));
  EXPECT_EQ(select.text(3), bytes);
  EXPECT_TRUE(select.is_null(4));
  EXPECT_FALSE(select.step().value());
}

TEST(Statement, ReadsRowsAsValues) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES ('one'), ('two')"));
  Statement select = database.prepare("SELECT a FROM t WHERE a > ?1 ORDER BY a").value();
  EXPECT_EQ(select.bind(1, "").rows(first_column<std::string>).value(), (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(select.bind(1, "x").rows(first_column<std::string>).value(), std::vector<std::string>());
  EXPECT_EQ(select.bind(1, "x").first(first_column<std::string>).value(), std::nullopt);
  EXPECT_EQ(select.bind(1, "").first(first_column<std::string>).value(), "one");
}

TEST(Statement, ARowThatCannotBeReadIsAnError) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES ('no json')"));
  Statement select = database.prepare("SELECT json(a) FROM t").value();
  EXPECT_FALSE(select.rows(first_column<std::string>));
}

TEST(Statement, AReaderThatFailsEndsTheReading) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)"));
  const auto read = [](const Statement& row) -> Result<std::int64_t> {
    if (row.integer(0) == 2) return Error(Code::internal, "two is damaged");
    return row.integer(0);
  };
  Statement select = database.prepare("SELECT a FROM t ORDER BY a").value();
  EXPECT_EQ(select.rows(read).error().message(), "two is damaged");
  Statement first = database.prepare("SELECT a FROM t WHERE a = ?1").value();
  EXPECT_EQ(first.bind(1, std::int64_t{3}).first(read).value(), 3);
  EXPECT_FALSE(first.bind(1, std::int64_t{7}).first(read).value());
}

TEST(Statement, RunsAgainWithOtherValues) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a PRIMARY KEY)"));
  Statement insert = database.prepare("INSERT INTO t VALUES (?1)").value();
  ASSERT_TRUE(insert.bind(1, "one").run());
  EXPECT_EQ(database.changes(), 1);
  EXPECT_EQ(insert.bind(1, "one").run().error().code(), Code::already_exists);
  ASSERT_TRUE(insert.bind(1, "two").run());
  EXPECT_EQ(count(database, "t"), 2);
}

TEST(Database, NamesWhatIsWrong) {
  Database database = memory();
  EXPECT_NE(database.prepare("SELECT * FROM nowhere").error().message().find("no such table: nowhere"),
            std::string::npos);
  EXPECT_FALSE(database.execute("not sql"));
  EXPECT_FALSE(Database::open("/nonexistent/state.db"));
}

TEST(Database, EnforcesForeignKeys) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (id REFERENCES p)"));
  EXPECT_EQ(database.execute("INSERT INTO c VALUES ('x')").error().code(), Code::conflict);
}

TEST(Transaction, RollsBackUnlessCommitted) {
  Database database = memory();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  {
    Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
  }
  EXPECT_EQ(count(database, "t"), 0);
  {
    Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
    EXPECT_FALSE(Transaction::begin(database));
    ASSERT_TRUE(transaction.commit());
  }
  EXPECT_EQ(count(database, "t"), 1);
}

TEST(Migrate, RunsEachStepOnce) {
  Database database = memory();
  ASSERT_TRUE(database.migrate({"CREATE TABLE a (x)"}));
  ASSERT_TRUE(database.migrate({"CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO b VALUES (1)"}));
  ASSERT_TRUE(database.migrate({"CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO b VALUES (1)"}));
  EXPECT_EQ(count(database, "b"), 1);
}

TEST(Migrate, RefusesTheFuture) {
  Database database = memory();
  ASSERT_TRUE(database.migrate({"CREATE TABLE a (x)", "CREATE TABLE b (x)"}));
  EXPECT_EQ(database.migrate({"CREATE TABLE a (x)"}).error().code(), Code::conflict);
}

TEST(Migrate, AFailingStepLeavesNothingBehind) {
  Database database = memory();
  const auto failed = database.migrate({"CREATE TABLE a (x)", "CREATE TABLE b (x); nonsense"});
  EXPECT_NE(failed.error().message().find("schema step 2"), std::string::npos);
  EXPECT_EQ(count(database, "a"), 0);
  EXPECT_FALSE(database.prepare("SELECT * FROM b"));
}

TEST_F(DatabaseFile, IsPrivateAndKeepsItsRows) {
  {
    Database database = Database::open(path()).value();
    ASSERT_TRUE(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)"));
    for (const std::string& name : {path(), path() + "-wal"}) {
      struct stat info {};
      ASSERT_EQ(::stat(name.c_str(), &info), 0) << name;
      EXPECT_EQ(info.st_mode & 0777, 0600U) << name;
    }
  }
  Database again = Database::open(path()).value();
  EXPECT_EQ(count(again, "t"), 1);
}

TEST_F(DatabaseFile, DamageIsToldWithItsPathAndARemedy) {
  std::ofstream(path()) << std::string(8192, 'x');
  const auto opened = Database::open(path());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), Code::io);
  for (const std::string& said : {path(), std::string("is damaged"), std::string("file is not a database"),
                                  std::string("put a copy in its place")}) {
    EXPECT_NE(opened.error().message().find(said), std::string::npos) << opened.error().message();
  }
}

TEST_F(DatabaseFile, IsNoPipe) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_NE(Database::open(path()).error().message().find("not a regular file"), std::string::npos);
}

}  // namespace
}  // namespace fescue
