// Inside of observe: what was seen next to a connection finds its place in the connection's track.
#pragma once

#include "parsers/stream/flow.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

// By time, in front of what came later; what is there keeps its order.
void insert(model::Track& track, model::Observation observation);

// Names longer than any real one are cut, since these are kept for as long as the capture is read.
std::string short_name(const std::string& text);

// Of one capture: what its observations have in common.
struct CaptureSource {
    std::uint32_t input{};
    model::Precision precision{};

    model::Evidence evidence(const stream::Mark& mark) const {
        return {input, model::Evidence::Kind::packet, mark.frame, mark.file_offset};
    }
    model::Observation observation(const stream::Mark& mark, std::string_view kind, std::string text) const;
};

}  // namespace rdpdx::observe
