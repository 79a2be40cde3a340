#include "src/app/batch_store.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "src/app/slice.hpp"
#include "src/report/evidence.hpp"
#include "src/report/words.hpp"

namespace rdpdx::app {
namespace {

// Rows stand in the order of their keys, whoever was done first.
constexpr const char* kSchema = R"(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE cases (
  name TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, outcome TEXT, stage TEXT, basis TEXT, cause TEXT,
  confidence TEXT, ended_by TEXT, client TEXT, server TEXT, user TEXT, started TEXT, ended TEXT, sentence TEXT,
  attempts INTEGER NOT NULL, inputs INTEGER NOT NULL, damaged INTEGER NOT NULL, report TEXT,
  fingerprint TEXT NOT NULL) WITHOUT ROWID;
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
CREATE INDEX attempts_by_cause ON attempts (cause, stage);
)";
constexpr std::array kTables{"inputs", "attempts", "stages", "findings", "evidence"};

std::string peer(const model::Endpoint& endpoint) {
    return endpoint.address.empty() ? endpoint.name : report::peer_text(endpoint);
}

std::string time_of(const std::optional<model::Time>& time, model::Precision precision) {
    return time ? model::to_rfc3339(*time, precision) : "";
}

std::string cause_of(const model::Attempt& a) { return a.cause ? a.cause->id : ""; }
std::string_view confidence_of(const model::Attempt& a) { return a.cause ? model::id(a.cause->confidence) : ""; }

std::string names(const report::EvidenceIndex& index, const std::vector<model::Evidence>& list) {
    return fmt::format("{}", fmt::join(index.names(list), " "));
}

void put_inputs(Database& database, const std::string& name, const std::vector<model::Input>& inputs) {
    Statement row{database, "INSERT INTO inputs VALUES (?,?,?,?,?,?,?,?,?,?,?)"};
    int n = 0;
    for (const model::Input& i : inputs) {
        constexpr std::array kStatus{"ok", "damaged", "unrecognised"};
        row.add(name).add(n++).add(i.path).add(i.kind).add(kStatus.at(static_cast<std::size_t>(i.status)));
        row.add(i.bytes).add(i.items).add(i.sha256).add(time_of(i.first_time, i.precision));
        row.add(time_of(i.last_time, i.precision)).add(fmt::format("{}", fmt::join(i.notes, "\n")));
        row.insert();
    }
}

void put_evidence(Database& database, const std::string& name, const report::EvidenceIndex& index) {
    Statement row{database, "INSERT INTO evidence VALUES (?,?,?,?,?,?,?)"};
    int n = 0;
    for (const auto& item : index.items()) {
        const bool packet = item.evidence.kind == model::Evidence::Kind::packet;
        row.add(name).add(++n).add(std::uint64_t{item.evidence.input}).add(packet ? "packet" : "event");
        row.add(item.evidence.number).add(item.evidence.offset).add(item.summary).insert();
    }
}

void put_findings(Database& database, const std::string& name, const model::Attempt& a,
                  const report::EvidenceIndex& index) {
    Statement row{database, "INSERT INTO findings VALUES (?,?,?,?,?,?,?,?)"};
    int n = 0;  // 0 is the cause, the others are the alternatives
    const auto put = [&](const model::Finding& f) {
        row.add(name).add(a.id).add(n++).add(f.id).add(f.title).add(model::id(f.confidence));
        row.add(names(index, f.evidence)).add(names(index, f.contradicting)).insert();
    };
    if (a.cause) put(*a.cause);
    n = 1;
    for (const model::Finding& f : a.alternatives) put(f);
}

void put_attempt(Database& database, const std::string& name, const model::Attempt& a,
                 const report::EvidenceIndex& index) {
    Statement row{database, "INSERT INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"};
    row.add(name).add(a.id).add(a.incident).add(a.client.address).add(int{a.client.port}).add(a.client.name);
    row.add(a.server.address).add(int{a.server.port}).add(a.server.name).add(a.user);
    row.add(report::moment(a, a.started)).add(report::moment(a, a.ended)).add(model::id(a.outcome));
    row.add(model::id(a.ended_by)).add(a.end_kind).add(model::id(a.stage)).add(model::id(a.basis));
    row.add(cause_of(a)).add(confidence_of(a)).insert();
    Statement stage{database, "INSERT INTO stages VALUES (?,?,?,?,?,?,?,?)"};
    int n = 0;
    for (const model::StageResult& s : a.stages) {
        stage.add(name).add(a.id).add(n++).add(model::id(s.stage)).add(model::id(s.status)).add(model::id(s.basis));
        stage.add(s.note).add(names(index, s.evidence)).insert();
    }
    put_findings(database, name, a, index);
}

void put_case(Database& database, const BatchCase& one, const CaseResult& result) {
    const model::Report& report = result.report;
    const auto amiss =
        std::ranges::count_if(report.inputs, [](const auto& i) { return i.status != model::InputStatus::ok; });
    const model::Attempt* a = report.verdict.attempt ? &report.attempts[*report.verdict.attempt] : nullptr;
    Statement row{database, "INSERT INTO cases VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"};
    row.add(one.name).add(result.status).add(result.reason);
    row.add(result.has_report ? model::id(report.verdict.outcome) : "").add(a ? model::id(a->stage) : "");
    row.add(a ? model::id(a->basis) : "").add(a ? cause_of(*a) : "").add(a ? confidence_of(*a) : "");
    row.add(a ? model::id(a->ended_by) : "").add(a ? peer(a->client) : "").add(a ? peer(a->server) : "");
    row.add(a ? a->user : "").add(a ? report::moment(*a, a->started) : "").add(a ? report::moment(*a, a->ended) : "");
    row.add(report.verdict.sentence).add(static_cast<std::uint64_t>(report.attempts.size()));
    row.add(static_cast<std::uint64_t>(report.inputs.size())).add(static_cast<std::int64_t>(amiss));
    row.add(result.has_report ? "reports/" + one.file : "").add(result.fingerprint).insert();
}

}  // namespace

BatchStore::BatchStore(const std::filesystem::path& file, const std::string& identity, const std::string& rules)
    : database_{file}, rules_{rules} {
    Statement version{database_, "PRAGMA user_version"};
    version.next();
    const auto found = version.number();
    if (found != 0 && found != kVersion)
        throw FileError{fmt::format("its schema has version {}, and this program writes version {}", found, kVersion)};
    version.next();
    database_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
    if (found == 0) database_.run(fmt::format("BEGIN;{}PRAGMA user_version={};COMMIT;", kSchema, kVersion));
    Statement known{database_, "SELECT value FROM meta WHERE key='identity'"};
    if (known.next() && known.text() == identity) return;
    database_.run("BEGIN; DELETE FROM meta; UPDATE cases SET fingerprint='';");
    Statement row{database_, "INSERT INTO meta VALUES (?,?)"};
    row.add("identity").add(identity).insert();
    row.add("program").add("rdpdx " RDPDX_VERSION).insert();
    row.add("rules").add(rules).insert();
    database_.run("COMMIT");
}

std::map<std::string, std::string> BatchStore::done() {
    std::map<std::string, std::string> out;
    Statement rows{database_, "SELECT name, fingerprint FROM cases WHERE status<>'failed'"};
    while (rows.next()) {
        std::string name = rows.text();
        out[std::move(name)] = rows.text();
    }
    return out;
}

void BatchStore::remove(const std::string& name) {
    for (const char* table : kTables)
        Statement{database_, fmt::format("DELETE FROM {} WHERE case_name=?", table)}.add(name).insert();
    Statement{database_, "DELETE FROM cases WHERE name=?"}.add(name).insert();
}

void BatchStore::put(const BatchCase& one, const CaseResult& result) {
    database_.run("BEGIN IMMEDIATE");
    try {
        remove(one.name);
        put_case(database_, one, result);
        put_inputs(database_, one.name, result.report.inputs);
        const report::EvidenceIndex index{result.report};
        for (const model::Attempt& a : result.report.attempts) put_attempt(database_, one.name, a, index);
        put_evidence(database_, one.name, index);
        database_.run("COMMIT");
    } catch (const FileError&) {
        database_.roll_back();
        throw;
    }
}

std::vector<std::string> BatchStore::keep_only(const std::vector<BatchCase>& cases) {
    std::set<std::string> wanted;
    for (const BatchCase& one : cases) wanted.insert(one.name);
    std::vector<std::string> gone, reports;
    {
        Statement rows{database_, "SELECT name, report FROM cases"};
        while (rows.next()) {
            std::string name = rows.text(), report = rows.text();
            if (wanted.count(name) == 1) continue;
            gone.push_back(std::move(name));
            if (!report.empty()) reports.push_back(std::move(report));
        }
    }
    for (const std::string& name : gone) remove(name);
    return reports;
}

report::Index BatchStore::index() {
    report::Index out{RDPDX_VERSION, rules_, {}};
    Statement rows{database_,
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
        out.cases.push_back(std::move(c));
    }
    return out;
}

void BatchStore::finish() { database_.run("PRAGMA wal_checkpoint(TRUNCATE)"); }

}  // namespace rdpdx::app
