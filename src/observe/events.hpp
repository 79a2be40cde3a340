// Windows events -> observations, and those of one connection -> a Track.
#pragma once

#include <string>
#include <vector>

#include "parsers/events/event.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/model/attempt.hpp"

namespace rdpdx::observe {

// Takes the events of one log, in any order. Keeps only those that the catalogue knows and that say something.
class EventObserver {
public:
    // The catalogue must outlive this.
    EventObserver(std::uint32_t input, const catalogue::EventCatalogue& catalogue);
    void add(events::Event&& event);
    // After the last add(): connections in order of their start. A client's connection runs from one start to the next
    // inside one ActivityID (or one log, where there is none); a server's is one ActivityID that begins with an
    // accepted TCP connection.
    std::vector<model::Track> take();
    // Events that no connection was found for, known or not.
    std::uint64_t loose() const noexcept { return loose_; }

private:
    struct Seen {
        model::Observation observation;
        const catalogue::EventEntry* entry{};
        catalogue::Roles roles;
        std::string group, computer;
    };
    void close(std::vector<Seen>&& seen);

    std::uint32_t input_;
    const catalogue::EventCatalogue& catalogue_;
    std::vector<Seen> seen_;
    std::vector<model::Track> tracks_;
    std::uint64_t loose_{};
};

}  // namespace rdpdx::observe
