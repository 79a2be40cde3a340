// Windows events -> observations, and those of one connection -> a Track.
#pragma once

#include <string>
#include <vector>

#include "src/model/attempt.hpp"
#include "src/model/log_event.hpp"
#include "src/observe/event_store.hpp"
#include "src/observe/log_health.hpp"

namespace rdpdx::observe {

// Takes the events of one log, in any order. Keeps only those that the catalogue knows.
class EventObserver {
public:
    // The catalogue must outlive this, and what take_rest() gives.
    EventObserver(std::uint32_t input, const catalogue::EventCatalogue& catalogue)
        : catalogue_{catalogue}, store_{input}, health_{input} {}
    void add(const events::Event& event);
    // After the last add(): connections in order of their start. A client's connection runs from one start to the next
    // inside one ActivityID (or one log, where there is none); a server's is one ActivityID that begins with an
    // accepted TCP connection.
    std::vector<model::Track> take();

    // Events that say something and that take() found no connection for.
    struct Rest {
        EventStore store;
        std::vector<model::LogEvent> events;  // by time; `index` is that of the store's items
    };
    // After take(), once.
    Rest take_rest();
    // Events that the catalogue does not know, or knows as noise.
    std::uint64_t passed_over() const noexcept { return passed_over_; }
    LogHealth& health() noexcept { return health_; }

private:
    struct Placed {
        std::size_t item{};
        std::size_t group{};
    };
    void close(std::span<const Placed> run);

    const catalogue::EventCatalogue& catalogue_;
    EventStore store_;
    LogHealth health_;
    std::vector<model::Track> tracks_;
    std::vector<std::size_t> rest_;  // items
    std::uint64_t passed_over_{};
};

}  // namespace rdpdx::observe
