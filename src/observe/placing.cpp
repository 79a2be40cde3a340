#include "src/observe/placing.hpp"

#include <algorithm>

#include "parsers/bytes/text.hpp"
#include "src/codes/text.hpp"

namespace rdpdx::observe {

void insert(model::Track& track, model::Observation observation) {
    const auto later = std::ranges::find_if(track.seen, [&](const model::Observation& other) {
        return std::pair{other.time, other.evidence.number} > std::pair{observation.time, observation.evidence.number};
    });
    track.seen.insert(later, std::move(observation));
}

std::string short_name(const std::string& text) {
    constexpr std::size_t kLongest = 256;
    return text.size() <= kLongest ? text : bytes::valid_utf8(std::string_view{text}.substr(0, kLongest));
}

model::Observation CaptureSource::observation(const stream::Mark& mark, std::string_view kind, std::string text) const {
    model::Observation o;
    o.time = mark.time;
    o.precision = precision;
    o.origin = model::Origin::capture;
    o.kind = kind;
    o.text = std::move(text);
    o.evidence = evidence(mark);
    return o;
}

}  // namespace rdpdx::observe
