// Tracks -> attempts -> incidents: which views belong to one connection, and which connections to one try.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/model/attempt.hpp"

namespace rdpdx::correlate {

// Attempts of one client to one server, each starting within this of the previous one's end, are one incident
// (contract, section 2). Also how far a log's time may lie from the packets' to be taken for the same connection.
inline constexpr model::Duration kIncidentGap = std::chrono::seconds{30};

// How far the clocks of two machines may be apart: a wrong time zone on either side of the earth, and a little more.
inline constexpr model::Duration kMaxClockOffset = std::chrono::hours{26};

// How exactly a connection that a capture and a log both show tells the offset of their clocks. What is less counts as
// none.
inline constexpr model::Duration kClockError = std::chrono::milliseconds{250};

// A machine's clock was set, as its own log says.
struct ClockJump {
    std::string machine;
    model::Time to{};
};

// Every track ends up in exactly one attempt. A server's log that names a client's address and port which a capture
// shows, too, tells how far its machine's clock is ahead, and so does a client's log whose moments lie as far apart as
// a capture's; this is kept in the track, and what all logs of that machine say is placed by it, until its clock was
// set. Other logs have to fit as they are written. What has nothing in common but a time stays apart. Attempts come in
// order of their start, with the endpoints, user and times of their tracks merged; ids, outcome and stage are not
// decided here.
std::vector<model::Attempt> correlate(std::vector<model::Track> tracks, std::span<const ClockJump> jumps = {});

// Groups attempts (in order of start) and gives each its incident's id I1, I2, ... Outcomes are not decided here.
std::vector<model::Incident> incidents(std::vector<model::Attempt>& attempts);

}  // namespace rdpdx::correlate
