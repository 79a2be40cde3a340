// An event that no connection's own sequence in its log has, as far as it takes to find out whose it is.
#pragma once

#include <cstdint>
#include <string_view>

#include "src/model/time.hpp"

namespace rdpdx::model {

// What an event speaks of.
enum class EventScope : std::uint8_t {
    connection,  // one connection
    machine,     // something that happens to the machine, and matters to what goes on just then
    state,       // how the machine is from then on, until the next event of the same state
};

// What an event's observation says in `tie` where nothing but its time speaks for the attempt that it was given to.
inline constexpr std::string_view kTiedByTime = "time";

// Texts live as long as whoever keeps the event itself.
struct LogEvent {
    Time time{};
    std::uint32_t input{};
    std::size_t index{};  // of the event, for whoever keeps it
    EventScope scope{};
    bool client{}, server{};  // on which side's machine it may be told; one of the two, or both
    std::uint16_t port{};     // of the other side; 0 where the event has none
    std::uint32_t id{};
    std::string_view provider;
    std::string_view state;    // which one, of EventScope::state; empty where the event's own id is all there is of it
    std::string_view machine;  // that wrote it; empty where the export does not say
    std::string_view address;  // of the other side
    std::string_view user;     // without a domain
    std::string_view session, activity;
};

}  // namespace rdpdx::model
