// The rules of the source tree, loaded as the program loads those it ships with.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "src/analysis/analysis.hpp"

namespace rdpdx::test {

inline std::vector<yaml::File> rule_files(const char* folder) {
    std::vector<yaml::File> out;
    const std::filesystem::path root = std::filesystem::path{RDPDX_SOURCE_DIR} / "rules" / folder;
    for (const auto& entry : std::filesystem::directory_iterator{root}) {
        if (entry.path().extension() != ".yaml") continue;
        std::ifstream in{entry.path(), std::ios::binary};
        out.push_back({entry.path().filename().string(), {std::istreambuf_iterator<char>{in}, {}}});
    }
    std::ranges::sort(out, {}, &yaml::File::name);
    return out;
}

inline const std::vector<rules::CauseRule>& shipped_causes() {
    static const auto causes = [] {
        std::vector<yaml::Problem> problems;
        auto out = rules::load(rule_files("causes"), problems);
        if (!problems.empty()) throw std::runtime_error{yaml::to_text(problems.front())};
        return out;
    }();
    return causes;
}

inline analysis::Knowledge shipped_knowledge() {
    std::vector<yaml::Problem> problems;
    analysis::Knowledge out;
    out.causes = shipped_causes();
    out.events = catalogue::EventCatalogue::load(rule_files("events"), problems);
    out.version = "test";
    if (!problems.empty()) throw std::runtime_error{yaml::to_text(problems.front())};
    return out;
}

}  // namespace rdpdx::test
