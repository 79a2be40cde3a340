// When a capture was running, and what it lets through.
#pragma once

#include "parsers/capture/reader.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::analysis {

// Fed with the packets of one capture while it is read.
class CoverageWatch {
public:
    void packet(model::Time time);
    // At the end. `input` has the number of packets and their first and last times. `filtered`: the user left packets
    // out. Nothing where the capture has neither packets nor statistics.
    std::optional<model::Coverage> finish(const capture::Reader& reader, const model::Input& input, bool filtered);

private:
    std::vector<model::Coverage::Period> periods_;
};

}  // namespace rdpdx::analysis
