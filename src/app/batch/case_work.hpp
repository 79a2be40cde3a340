// What a worker does with one case: reads it, writes its reports, and gives its rows for the store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "src/analysis/analysis.hpp"
#include "src/app/batch/cases.hpp"
#include "src/app/batch/store.hpp"
#include "src/app/options.hpp"
#include "src/app/secrets.hpp"
#include "src/redact/pseudonyms.hpp"

namespace rdpdx::app {

// What a case is analysed with. Two runs with the same identity give the same results.
struct Setting {
    Options options;
    analysis::Knowledge knowledge;
    GivenSecrets secrets;
    std::filesystem::path out;
    StoreIdentity identity;
    std::optional<redact::Key> key{};  // where names shall not be shown

    std::filesystem::path store() const { return out / "cases.sqlite"; }
    std::filesystem::path report(const BatchCase& one, const char* end) const {
        return out / "reports" / (one.file + end);
    }
};

// Digest of the program, its rules and what was given on the command line.
std::string made_with(const Options& options);

// First a byte: the exit code that `analyze` of this case alone would give, but for a case without evidence; then its
// rows or, after kNoOutput, why its reports could not be written.
std::string analyze_case(Setting& setting, const BatchCase& one, unsigned threads);
// The rows of a case that its worker did not live to tell; its reports are gone then.
std::string failed_case(const Setting& setting, const BatchCase& one, const std::string& why);

}  // namespace rdpdx::app
