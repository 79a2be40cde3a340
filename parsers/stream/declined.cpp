#include "parsers/stream/declined.hpp"

namespace rdpdx::stream {
namespace {

std::optional<Mark> if_seen(bool seen, const Mark& mark) { return seen ? std::optional{mark} : std::nullopt; }

}  // namespace

Declined::Declined(const Connection& connection) {
    const Flow& flow = connection.flow();
    id = flow.id;
    first = flow.first;
    syn_seen = flow.syn.has_value();
    syn = flow.syn.value_or(Mark{});
    syn_ack_seen = flow.syn_ack.has_value();
    syn_ack = flow.syn_ack.value_or(Mark{});
    payload_from = flow.from_client.first_payload ? Side::client : Side::server;
    const auto& payload = flow.half(payload_from).first_payload;
    payload_seen = payload.has_value();
    first_payload = payload.value_or(Mark{});
    for (const bool lower : {true, false}) {
        const auto number = connection.initial_sequence(lower);
        isn_seen[lower ? 0 : 1] = number.has_value();
        isn[lower ? 0 : 1] = number.value_or(0);
    }
    syn_count = flow.syn_count;
    lower_is_client = connection.lower_is_client();
    roles_certain = flow.roles_certain;
    starts_midway = flow.starts_midway;
}

Flow flow_of(const Declined& declined, const net::Endpoint& lower, const net::Endpoint& higher) {
    Flow flow;
    flow.id = declined.id;
    flow.client = declined.lower_is_client ? lower : higher;
    flow.server = declined.lower_is_client ? higher : lower;
    flow.roles_certain = declined.roles_certain;
    flow.starts_midway = declined.starts_midway;
    flow.first = declined.first;
    flow.syn = if_seen(declined.syn_seen, declined.syn);
    flow.syn_ack = if_seen(declined.syn_ack_seen, declined.syn_ack);
    flow.syn_count = declined.syn_count;
    flow.half(declined.payload_from).first_payload = if_seen(declined.payload_seen, declined.first_payload);
    return flow;
}

}  // namespace rdpdx::stream
