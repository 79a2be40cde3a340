// OUT/cases.sqlite: one row a case, and what belongs to it. docs/batch.md has the schema.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/app/batch_cases.hpp"
#include "src/app/sqlite.hpp"
#include "src/model/attempt.hpp"
#include "src/report/index.hpp"

namespace rdpdx::app {

// What became of a case.
struct CaseResult {
    std::string status;       // done, no-evidence, failed
    std::string reason;       // where it is not done
    std::string fingerprint;  // of the inputs
    model::Report report;     // without attempts where it is not done
    bool has_report{};        // reports/FILE.json and .html are there
};

class BatchStore {
public:
    static constexpr int kVersion = 1;  // PRAGMA user_version
    // `identity` is of program, rules and options; results of another one are forgotten. Throws FileError.
    BatchStore(const std::filesystem::path& file, const std::string& identity, const std::string& rules);

    // Case -> fingerprint of those that are done and need not be done again.
    std::map<std::string, std::string> done();
    // All of the case or, where anything fails, nothing.
    void put(const BatchCase& one, const CaseResult& result);
    // Forgets cases that are not among these; gives the names of their reports' files.
    std::vector<std::string> keep_only(const std::vector<BatchCase>& cases);
    report::Index index();
    // Everything is in the one file from then on.
    void finish();

private:
    void remove(const std::string& name);
    Database database_;
    std::string rules_;
};

}  // namespace rdpdx::app
