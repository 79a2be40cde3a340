// Events of logs that name no connection of their own -> the attempts that they belong to.
#pragma once

#include <span>
#include <vector>

#include "src/model/attempt.hpp"
#include "src/model/log_event.hpp"

namespace rdpdx::correlate {

// How an event was found to belong to an attempt, the surest first.
enum class Tie : std::uint8_t {
    activity,  // the same ActivityID
    port,      // the client's address and port
    session,   // the session's number
    address_and_user,
    address,
    user,
    time,      // nothing but the time, and no other attempt on that machine that it could belong to
    nearby,    // of the machine, shortly before or during the attempt
    standing,  // of the machine, some time before it, and nothing newer of its kind
};
std::string_view id(Tie tie) noexcept;

struct PlacedEvent {
    std::size_t attempt{}, event{};  // indexes into what place() was given
    Tie tie{};
    model::Origin origin{};  // whose machine it is in this attempt
};

// An event belongs to the machine that wrote it, and its time is by that machine's clock. A connection's event goes to
// one attempt at most, and to none where several fit equally well; a machine's may go to several. `events` must be in
// order of time for each input. The result is in order of attempt, then of event. Costs the events times the attempts
// that go on at the same time on one machine.
std::vector<PlacedEvent> place(const std::vector<model::Attempt>& attempts, std::span<const model::LogEvent> events);

}  // namespace rdpdx::correlate
