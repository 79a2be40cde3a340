// Every hex value in the reference's own tables must be explained. The reference lies beside the repository, not in it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "src/codes/codes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using codes::Family;

namespace {

const std::filesystem::path kReference{RDPDX_SOURCE_DIR "/../shared/domain/disconnect-codes.md"};

std::uint32_t hex(const std::string& digits) { return static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16)); }

// The runs of hex digits in a cell, and whether 0x stood before each.
std::vector<std::pair<std::string, bool>> digits_of(const std::string& cell) {
    std::vector<std::pair<std::string, bool>> runs;
    for (std::size_t at = 0; at < cell.size();) {
        const bool prefixed = cell.compare(at, 2, "0x") == 0;
        const std::size_t start = at + (prefixed ? 2 : 0);
        const std::size_t end = std::min(cell.find_first_not_of("0123456789ABCDEFabcdef", start), cell.size());
        if (end > start) runs.push_back({cell.substr(start, end - start), prefixed});
        at = end > start ? end : at + 1;
    }
    return runs;
}

// Values of one table cell: "0x10CF / 0x10D0", "0x3000003 / 6 / 7" (last digits), "0x100..0x10B", "0x10DA–0x10DD".
std::set<std::uint32_t> values_of(const std::string& cell) {
    const auto runs = digits_of(cell);
    const bool range = cell.find("..") != std::string::npos || cell.find("–") != std::string::npos;
    std::set<std::uint32_t> out;
    if (range && runs.size() == 2) {
        const auto first = hex(runs[0].first), last = hex(runs[1].first);
        // The band of protocol errors names its ends only.
        if (last - first > 0x100) return {first, last};
        for (auto value = first; value <= last; ++value) out.insert(value);
        return out;
    }
    std::string whole;
    for (const auto& [digits, prefixed] : runs) {
        if (prefixed) whole = digits;
        if (digits.size() > whole.size()) continue;
        out.insert(hex(whole.substr(0, whole.size() - digits.size()) + digits));
    }
    return out;
}

struct Found {
    std::set<std::uint32_t> values;
    std::size_t rows = 0;
};

// The hex cells of the tables under one heading: the first column that starts with 0x.
Found table_values(const std::string& heading) {
    std::ifstream file{kReference};
    Found found;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("#")) inside = line.starts_with("### " + heading);
        if (!inside || !line.starts_with("|")) continue;
        std::istringstream cells{line.substr(1)};
        for (std::string cell; std::getline(cells, cell, '|');) {
            std::erase(cell, '*');
            const auto start = cell.find_first_not_of(' ');
            if (start == std::string::npos || cell.compare(start, 2, "0x") != 0) continue;
            found.values.merge(values_of(cell));
            ++found.rows;
            break;
        }
    }
    return found;
}

}  // namespace

TEST_CASE("every value in the tables of the reference has a row") {
    if (!std::filesystem::exists(kReference)) {
        WARN("skipped: ../shared/domain/disconnect-codes.md is not there");
        return;
    }
    struct Row {
        std::string heading;
        Family family;
        std::size_t rows, values;  // at least so many must have been read, or the reader is wrong
    };
    const auto row = GENERATE(values<Row>({
        {"2.1 ", Family::disconnect_reason, 47, 47},
        {"2.2 ", Family::disconnect_reason, 22, 23},
        {"2.3 ", Family::disconnect_reason, 13, 21},
        {"3.1 ", Family::extended_reason, 16, 27},
        {"3.2 ", Family::error_info, 57, 90},
    }));
    INFO(row.heading);
    const auto found = table_values(row.heading);
    CHECK(found.rows >= row.rows);
    CHECK(found.values.size() >= row.values);
    for (const auto value : found.values) {
        INFO(std::hex << "0x" << value);
        CHECK(codes::find(row.family, value));
    }
}
