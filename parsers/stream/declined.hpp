// Inside parsers/stream only: a flow that the listener does not want, in few bytes.
#pragma once

#include "parsers/stream/connection.hpp"

namespace rdpdx::stream {

// Marks and numbers are those of the flow as far as they were seen. What changes with each packet is not here.
struct Declined {
    explicit Declined(const Connection& connection);

    std::uint64_t id;
    Mark first, syn, syn_ack, first_payload;
    std::array<std::uint32_t, 2> isn{};  // of the lower endpoint, of the higher
    std::uint32_t syn_count;
    std::array<bool, 2> isn_seen{};
    bool syn_seen, syn_ack_seen, payload_seen;
    Side payload_from;
    bool lower_is_client, roles_certain, starts_midway;
};

// Of a segment or a glance at one: it is the SYN of another connection between the same endpoints.
template <class Seen>
bool begins_another(const Declined& declined, const Seen& seen, bool forward) noexcept {
    const std::size_t way = forward ? 0 : 1;
    return seen.syn && !seen.rst && !(declined.isn_seen[way] && declined.isn[way] == seen.sequence);
}

// The flow as it is told at its end, without what changes with each packet. `lower` and `higher` are its endpoints.
Flow flow_of(const Declined& declined, const net::Endpoint& lower, const net::Endpoint& higher);

}  // namespace rdpdx::stream
