// A folder of cases -> the cases, by how things lie in it. docs/batch.md has the rule.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/redact/pseudonyms.hpp"

namespace rdpdx::app {

struct BatchCase {
    std::string name;                // unique within the batch, UTF-8
    std::string file;                // unique as a file's name everywhere, without an ending
    std::vector<std::string> paths;  // what is analysed together
    std::string why{};               // these belong together, for whoever reads the plan
};

struct BatchCases {
    std::filesystem::path below;       // the folder that all paths lie in
    std::vector<BatchCase> cases;      // by name
    std::vector<std::string> skipped;  // "name: why"
};

// `out` is the folder of the results, which is no case where it lies below `path`. Throws FileError where `path` cannot
// be looked into.
BatchCases find_cases(const std::filesystem::path& path, const std::filesystem::path& out);

// Sorts them and gives each the name of its files, by all of them.
void name_files(std::vector<BatchCase>& cases);
// Names of cases and of their reports become pseudonyms.
void hide_names(std::vector<BatchCase>& cases, const redact::Key& key);

// Changes when a file of the case does: of their names, sizes and times of change.
std::string fingerprint_of(const BatchCase& one);

}  // namespace rdpdx::app
