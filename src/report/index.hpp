// Many cases on one page: where they failed and why, and a table with a link to each report.
#pragma once

#include <cstdint>
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

struct Index {
    std::string version, rules;
    std::vector<IndexCase> cases;
};

// One page that asks nothing of a network but the reports beside it, when somebody follows a link.
std::string render_index(const Index& index);

}  // namespace rdpdx::report
