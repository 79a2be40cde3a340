// Inside of observe: what a capture shows around the connections of RDP: names looked up, neighbours on the link, and
// what time servers say.
#pragma once

#include "src/observe/names.hpp"
#include "src/observe/neighbours.hpp"
#include "src/observe/time_servers.hpp"

namespace rdpdx::observe {

struct Around {
    explicit Around(CaptureSource source) : names{source}, neighbours{source}, time_servers{source} {}
    // At the end of the capture: into each track what belongs to it.
    void take(std::vector<model::Track>& tracks, model::Time capture_end) {
        names.take(tracks, capture_end);
        neighbours.take(tracks);
        time_servers.take(tracks);
    }
    NameLookups names;
    Neighbours neighbours;
    TimeServers time_servers;
};

}  // namespace rdpdx::observe
