// What a case becomes in the store: rows of its tables, packed for the way from a worker to the store.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/app/batch/cases.hpp"
#include "src/app/batch/sqlite.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::app {

enum class Table : std::uint8_t { cases, inputs, attempts, stages, findings, evidence, clocks, certificates };
struct TableShape {
    const char* name;
    const char* case_column;  // which column has the case's name
    int columns;
};
inline constexpr std::array kTables{
    TableShape{"cases", "name", 20},         TableShape{"inputs", "case_name", 11},
    TableShape{"attempts", "case_name", 19}, TableShape{"stages", "case_name", 8},
    TableShape{"findings", "case_name", 8},  TableShape{"evidence", "case_name", 7},
    TableShape{"clocks", "case_name", 5},    TableShape{"certificates", "case_name", 8},
};

// What became of a case.
struct CaseResult {
    std::string status;       // done, no-evidence, failed
    std::string reason;       // where it is not done
    std::string fingerprint;  // of the inputs; empty where it failed
    model::Report report;     // without attempts where it is not done
    bool has_report{};        // reports/FILE.json and .html are there
};

// Values go in one after the other, a row at a time; the first of a row tells its table.
class Rows {
public:
    Rows& row(Table table);
    Rows& add(std::string_view text);  // an empty one becomes NULL
    Rows& add(std::int64_t number);
    Rows& add(std::uint64_t number) { return add(static_cast<std::int64_t>(number)); }
    Rows& add(int number) { return add(static_cast<std::int64_t>(number)); }
    std::string take() { return std::move(packed_); }

private:
    void number(std::uint64_t value, unsigned width);
    std::string packed_;
};

std::string rows_of(const BatchCase& one, const CaseResult& result);

// Puts every row into its table's statement, one a table. Throws FileError where `packed` is not of rows_of, or the
// store fails.
void insert_rows(std::string_view packed, std::vector<Statement>& into);

}  // namespace rdpdx::app
