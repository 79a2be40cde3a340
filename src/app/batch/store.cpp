#include "src/app/batch/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/app/batch/questions.hpp"
#include "src/app/slice.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

// Rows stand in the order of their keys, whoever was done first.
constexpr const char* kSchema = R"(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE cases (
  name TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, outcome TEXT, stage TEXT, basis TEXT, cause TEXT,
  confidence TEXT, ended_by TEXT, client TEXT, server TEXT, user TEXT, started TEXT, ended TEXT, sentence TEXT,
  attempts INTEGER NOT NULL, inputs INTEGER NOT NULL, damaged INTEGER NOT NULL, report TEXT,
  fingerprint TEXT) WITHOUT ROWID;
CREATE TABLE inputs (
  case_name TEXT, n INTEGER, path TEXT, kind TEXT, status TEXT, bytes INTEGER, items INTEGER, sha256 TEXT,
  first_time TEXT, last_time TEXT, notes TEXT, PRIMARY KEY (case_name, n)) WITHOUT ROWID;
CREATE TABLE attempts (
  case_name TEXT, id TEXT, incident TEXT, client_address TEXT, client_port INTEGER, client_name TEXT,
  server_address TEXT, server_port INTEGER, server_name TEXT, user TEXT, started TEXT, ended TEXT, outcome TEXT,
  ended_by TEXT, end_kind TEXT, stage TEXT, basis TEXT, cause TEXT, confidence TEXT,
  PRIMARY KEY (case_name, id)) WITHOUT ROWID;
CREATE TABLE stages (
  case_name TEXT, attempt TEXT, n INTEGER, stage TEXT, status TEXT, basis TEXT, note TEXT, evidence TEXT,
  PRIMARY KEY (case_name, attempt, n)) WITHOUT ROWID;
CREATE TABLE findings (
  case_name TEXT, attempt TEXT, n INTEGER, cause TEXT, title TEXT, confidence TEXT, evidence TEXT,
  contradicting TEXT, PRIMARY KEY (case_name, attempt, n)) WITHOUT ROWID;
CREATE TABLE evidence (
  case_name TEXT, n INTEGER, input INTEGER, kind TEXT, number INTEGER, offset INTEGER, summary TEXT,
  PRIMARY KEY (case_name, n)) WITHOUT ROWID;
CREATE TABLE clocks (
  case_name TEXT, input INTEGER, offset_ms INTEGER, error_ms INTEGER, anchors INTEGER,
  PRIMARY KEY (case_name, input)) WITHOUT ROWID;
CREATE TABLE certificates (
  case_name TEXT, attempt TEXT, sha256 TEXT, subject TEXT, issuer TEXT, not_before TEXT, not_after TEXT,
  valid INTEGER, PRIMARY KEY (case_name, attempt)) WITHOUT ROWID;
CREATE INDEX attempts_by_cause ON attempts (cause, stage);
)";

constexpr std::int64_t kSettled = 0x72647078;  // PRAGMA application_id of a store that was finished: "rdpx"
constexpr std::string_view kPlan = "plan ";

// An older store is begun anew: all of it can be made again. A newer one is somebody else's.
void begin_anew_where_old(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) return;
    const auto found = Database{file}.ask("PRAGMA user_version");
    if (found == BatchStore::kVersion || found == 0) return;
    if (found > BatchStore::kVersion)
        throw FileError{
            fmt::format("its schema has version {}, and this program writes version {}", found, BatchStore::kVersion)};
    for (const char* end : {"-wal", "-shm", ""}) fs::remove(fs::path{file} += end, error);
}

// Of two results of a case, the one that says more; among equals any, but always the same one.
std::string order_of(const char* table) {
    return fmt::format(
        "(CASE {0}.status WHEN 'done' THEN 0 WHEN 'no-evidence' THEN 1 ELSE 2 END, coalesce({0}.fingerprint, ''), "
        "coalesce({0}.reason, ''))",
        table);
}

struct SideTable {
    const char *title, *question;
    std::size_t most;  // rows
};
constexpr std::array kSideTables{
    SideTable{"Days", "trend", 31},
    SideTable{"Servers of failed attempts", "servers", 10},
    SideTable{"Clients of failed attempts", "clients", 10},
    SideTable{"Certificates", "certificates", 10},
    SideTable{"Clocks that are wrong", "clocks", 10},
    SideTable{"Inputs that were damaged or not read", "unread", 20},
};

report::IndexTable table_of(Database& database, const char* title, const char* question, std::size_t most) {
    Statement rows{database, find_question(question)->sql};
    report::IndexTable out{title, rows.columns(), {}, false, question};
    while (rows.next()) {
        out.more = out.rows.size() == most;
        if (out.more) break;
        std::vector<std::string> row;
        for (std::size_t i = 0; i < out.columns.size(); ++i) row.push_back(rows.text());
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace

BatchStore::BatchStore(const fs::path& file, const StoreIdentity& identity) : file_{file}, rules_{identity.rules} {
    begin_anew_where_old(file);
    database_ = std::make_unique<Database>(file);
    database_->run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;");
    if (database_->ask("PRAGMA user_version") == 0)
        database_->run(fmt::format("BEGIN;{}PRAGMA user_version={};COMMIT;", kSchema, kVersion));
    for (const TableShape& t : kTables) {
        std::string values = "?";
        for (int i = 1; i < t.columns; ++i) values += ",?";
        remove_.emplace_back(*database_, fmt::format("DELETE FROM {} WHERE {}=?", t.name, t.case_column));
        insert_.emplace_back(*database_, fmt::format("INSERT INTO {} VALUES ({})", t.name, values));
    }
    say(identity);
}

void BatchStore::say(const StoreIdentity& identity) {
    std::map<std::string, std::string> wanted{
        {"identity", identity.made_with}, {"program", "rdpdx " RDPDX_VERSION}, {"rules", identity.rules}};
    for (const auto& [plan, shards] : identity.plans) wanted[std::string{kPlan} + plan] = shards;
    std::map<std::string, std::string> known;
    {
        Statement rows{*database_, "SELECT key, value FROM meta"};
        while (rows.next()) {
            std::string key = rows.text();
            known[std::move(key)] = rows.text();
        }
    }
    if (known == wanted) return;
    change();
    if (known["identity"] != identity.made_with) database_->run("UPDATE cases SET fingerprint=NULL");
    database_->run("DELETE FROM meta");
    Statement row{*database_, "INSERT INTO meta VALUES (?,?)"};
    for (const auto& [key, value] : wanted) row.add(key).add(value).insert();
    commit();
}

void BatchStore::change() {
    if (changing_) return;
    database_->run("BEGIN IMMEDIATE");
    changing_ = true;
    if (settled()) database_->run("PRAGMA application_id=0");
}

void BatchStore::commit() {
    if (changing_) database_->run("COMMIT");
    changing_ = false;
}

bool BatchStore::settled() { return database_->ask("PRAGMA application_id") == kSettled; }

std::string BatchStore::done(const std::string& name) {
    Statement row{*database_, "SELECT fingerprint FROM cases WHERE name=? AND status<>'failed'"};
    row.add(name);
    return row.next() ? row.text() : std::string{};
}

void BatchStore::remove(const std::string& name) {
    for (Statement& statement : remove_) statement.add(name).insert();
}

void BatchStore::put(const std::string& name, std::string_view rows) {
    change();
    try {
        remove(name);
        insert_rows(rows, insert_);
    } catch (const FileError&) {
        database_->run_if_possible("ROLLBACK");
        changing_ = false;
        throw;
    }
}

void BatchStore::keep_only(const std::vector<BatchCase>& cases) {
    std::vector<std::string> gone;
    {
        Statement rows{*database_, "SELECT name FROM cases"};
        while (rows.next()) {
            std::string name = rows.text();
            if (!std::ranges::binary_search(cases, name, {}, &BatchCase::name)) gone.push_back(std::move(name));
        }
    }
    if (!gone.empty()) change();
    for (const std::string& name : gone) remove(name);
    commit();
}

void BatchStore::merge(const fs::path& other, const std::function<void(const std::string&)>& take) {
    Statement{*database_, "ATTACH ? AS other"}.add(read_only_uri(other)).insert();
    change();
    database_->run(
        fmt::format("CREATE TEMP TABLE better AS SELECT o.name, o.report FROM other.cases o LEFT JOIN "
                    "main.cases m ON m.name=o.name WHERE m.name IS NULL OR {} < {}",
                    order_of("o"), order_of("m")));
    {
        Statement rows{*database_, "SELECT report FROM better WHERE report IS NOT NULL"};
        while (rows.next()) take(rows.text());
    }
    for (const TableShape& t : kTables) {
        database_->run(
            fmt::format("DELETE FROM main.{0} WHERE {1} IN (SELECT name FROM better); INSERT INTO main.{0} SELECT * "
                        "FROM other.{0} WHERE {1} IN (SELECT name FROM better)",
                        t.name, t.case_column));
    }
    database_->run("DROP TABLE better");
    commit();
    database_->run("DETACH other");
}

report::Index BatchStore::index() {
    report::Index out;
    out.version = RDPDX_VERSION;
    out.rules = rules_;
    Statement rows{*database_,
                   "SELECT name, status, outcome, stage, cause, confidence, ended_by, client, server, user, started, "
                   "sentence, reason, report, inputs, damaged FROM cases ORDER BY name"};
    while (rows.next()) {
        report::IndexCase c;
        for (std::string* to : {&c.name, &c.status, &c.outcome, &c.stage, &c.cause, &c.confidence, &c.ended_by,
                                &c.client, &c.server, &c.user, &c.started, &c.sentence, &c.reason, &c.report})
            *to = rows.text();
        if (!c.report.empty()) c.report += ".html";
        c.inputs = static_cast<std::uint64_t>(rows.number());
        c.damaged = static_cast<std::uint64_t>(rows.number());
        out.add(std::move(c));
    }
    for (const auto& [title, question, most] : kSideTables)
        out.tables.push_back(table_of(*database_, title, question, most));
    return out;
}

void BatchStore::finish() {
    commit();
    // Somebody who looks at it holds what is in the write-ahead log: it stays as it is, and right.
    if (settled() || database_->ask("PRAGMA wal_checkpoint(TRUNCATE)") != 0) return;
    const fs::path part = fs::path{file_} += ".part";
    std::error_code error;
    fs::remove(part, error);
    try {
        Statement{*database_, "VACUUM INTO ?"}.add(part.string()).insert();
        // Each VACUUM counts the schema's version up, and nobody has the file open who would have to know.
        Database{part}.run(
            fmt::format("PRAGMA schema_version=1; PRAGMA application_id={}; PRAGMA journal_mode=WAL;", kSettled));
    } catch (const FileError&) {
        for (const char* end : {"-wal", "-shm", ""}) fs::remove(fs::path{part} += end, error);
        throw;
    }
    remove_.clear();
    insert_.clear();
    database_.reset();
    fs::rename(part, file_, error);
    if (error) throw FileError{reason(error.value())};
}

StoreIdentity identity_in(const fs::path& file) {
    Database database{file, Database::Use::ask};
    if (database.ask("PRAGMA user_version") != BatchStore::kVersion)
        throw FileError{"is no store of this version: make it anew by --resume"};
    StoreIdentity out;
    out.settled = database.ask("PRAGMA application_id") == kSettled;
    Statement rows{database, "SELECT key, value FROM meta"};
    while (rows.next()) {
        const std::string key = rows.text(), value = rows.text();
        if (key == "identity") out.made_with = value;
        if (key == "rules") out.rules = value;
        if (key.starts_with(kPlan)) out.plans[key.substr(kPlan.size())] = value;
    }
    return out;
}

}  // namespace rdpdx::app
