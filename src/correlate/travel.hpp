// Inside of correlate: the packets of one side of a connection, as they left and as they arrived.
#pragma once

#include "src/correlate/align.hpp"

namespace rdpdx::correlate {

// One capture's view, with times by the reference clock.
struct View {
    const model::Track* track{};
    Shift shift;                 // to be taken from its sequence numbers
    model::Time begin{}, end{};  // while this capture was running
    model::Duration error{};     // of its clock
    bool drops{};                // the capturing machine says that it lost packets

    model::Time time(const model::WirePacket& p) const { return track->corrected(p.time); }
    // It would have this connection's packets of that time.
    bool covers(model::Time time) const;
};

// What `from` sent, `sender` being the view nearer to that side.
model::PathWay travel(const View& sender, const View& receiver, model::Party from);

}  // namespace rdpdx::correlate
