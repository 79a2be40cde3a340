// Event logs of every form -> tracks.
#pragma once

#include "src/analysis/analysis.hpp"

namespace rdpdx::analysis {

// `kind` is one of the event logs'.
Reading read_log(bytes::Source& source, Kind kind, std::uint32_t index, const catalogue::EventCatalogue& catalogue,
                 evtx::Recover recover);

}  // namespace rdpdx::analysis
