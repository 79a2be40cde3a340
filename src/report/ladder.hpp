// Inside of report: an attempt as messages between client and server, for diagrams.
#pragma once

#include <string>
#include <vector>

#include "src/report/evidence.hpp"

namespace rdpdx::report {

struct Rung {
    enum class Shape : std::uint8_t {
        message,      // all the way, from `from` to the other side
        cut_short,    // one capture alone has it: seen near `from`, and not near the other side
        appears,      // one capture alone has it: seen at the other side, and not near `from`
        both,         // by both sides together
        client_note,  // of the client's log
        server_note,  // of the server's log
        path_note,    // of something in between
        pause,        // a long time until the next
        left_out,     // rows that are not shown
    };
    Shape shape{};
    model::Party from{model::Party::unknown};  // of messages
    std::string label;                         // short, at the level of RDP
    std::string text;                          // the whole sentence
    std::vector<std::string> evidence;         // "E3"; two where both captures have it
    model::Time time{};
    model::Effect effect{model::Effect::noted};
    bool inferred{};
    bool end{};  // this is what ended the connection
};

// In order of time; at most kMostRungs.
inline constexpr std::size_t kMostRungs = 60;
std::vector<Rung> ladder(const model::Attempt& attempt, const EvidenceIndex& evidence);

}  // namespace rdpdx::report
