// Inside of observe: what a capture shows around the connections of RDP: names looked up, and neighbours on the link.
#pragma once

#include "src/observe/names.hpp"
#include "src/observe/neighbours.hpp"

namespace rdpdx::observe {

struct Around {
    explicit Around(CaptureSource source) : names{source}, neighbours{source} {}
    // At the end of the capture: into each track what belongs to it.
    void take(std::vector<model::Track>& tracks, model::Time capture_end) {
        names.take(tracks, capture_end);
        neighbours.take(tracks);
    }
    NameLookups names;
    Neighbours neighbours;
};

}  // namespace rdpdx::observe
