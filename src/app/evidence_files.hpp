// The files of a case once more, for those places in them that a page shows.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/app/files.hpp"
#include "src/report/render.hpp"

namespace rdpdx::app {

class EvidenceFiles {
public:
    // By input.
    explicit EvidenceFiles(std::vector<FoundFile> files) : files_{std::move(files)} {}
    // See analysis::raw_evidence(); empty also where the file cannot be had any more. `report` and this outlive it.
    report::RawEvidence of(const model::Report& report) {
        return [this, &report](const model::Observation& seen) { return text(report, seen); };
    }

private:
    std::string text(const model::Report& report, const model::Observation& seen);
    const Slice* open(std::uint32_t input);
    std::vector<FoundFile> files_;
    std::map<std::uint32_t, std::optional<Slice>> open_;
};

}  // namespace rdpdx::app
