// Many cases on one page: where they failed and why, and a table with a link to each report.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rdpdx::report {

// A row. All words are ids of the contract; empty where there is no verdict.
struct IndexCase {
    std::string name, status;  // done, no-evidence, failed
    std::string outcome, stage, cause, confidence, ended_by;
    std::string client, server, user, started, sentence;
    std::string reason;  // why there is no verdict
    std::string report;  // "reports/a.html", relative to the page; empty where there is none
    std::uint64_t inputs{}, damaged{};
};

// What stands beside the cases: who, which certificates, which clocks. A column that is named for what a case's row
// holds too (kFiltering) filters the cases by its cells.
struct IndexTable {
    std::string title;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    bool more{};           // there are rows that are not shown
    std::string question;  // of `rdpdx batch query`, which shows them
};

struct Index {
    static constexpr std::size_t kMostRows = 5000;  // what a browser filters while somebody types

    std::string version, rules;
    std::vector<IndexTable> tables;
    std::vector<IndexCase> cases;  // the first kMostRows of them; by add()
    // Of all cases.
    std::size_t all{}, done{}, whole{}, with_damage{};                   // whole: done, and every input was read
    std::map<std::string, std::size_t> outcomes;                         // or status, where there is none
    std::map<std::string, std::map<std::string, std::size_t>> failures;  // by cause and stage

    void add(IndexCase c);
};

// One page that asks nothing of a network but the reports beside it, when somebody follows a link.
std::string render_index(const Index& index);

}  // namespace rdpdx::report
