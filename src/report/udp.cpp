#include "src/report/udp.hpp"

#include <fmt/format.h>

#include "src/report/json_parts.hpp"

namespace rdpdx::report {
namespace {

void write_half(JsonWriter& json, const model::UdpHalf& h, const model::UdpHalf& other) {
    json.begin_object();
    json.key("datagrams").value(h.datagrams);
    json.key("bytes").value(h.bytes);
    json.key("packets").value(h.packets);
    json.key("retransmissions").value(h.retransmissions);
    json.key("reported_lost").value(other.most_missing);
    json.key("loss_reports").value(other.loss_reports);
    json.key("window_reductions").value(h.window_reductions);
    json.key("since_acknowledged").value(h.since_acknowledged);
    json.end_object();
}

void write_mtu(JsonWriter& json, std::string_view key, const std::optional<std::uint16_t>& mtu) {
    json.key(key);
    if (mtu)
        json.value(static_cast<int>(*mtu));
    else
        json.null();
}

}  // namespace

void write_udp(JsonWriter& json, const model::UdpTransport& udp) {
    json.begin_object();
    write_known(json.key("version"), udp.version);
    write_known(json.key("offered_version"), udp.offered_version);
    json.key("mode").value(udp.mode);
    write_mtu(json, "client_mtu", udp.client_mtu);
    write_mtu(json, "server_mtu", udp.server_mtu);
    json.key("outcome").value(udp.outcome);
    json.key("syns").value(static_cast<std::uint64_t>(udp.syns));
    json.key("syn_acks").value(static_cast<std::uint64_t>(udp.syn_acks));
    json.key("round_trip_us");
    if (udp.round_trip)
        json.value(std::int64_t{std::chrono::duration_cast<std::chrono::microseconds>(*udp.round_trip).count()});
    else
        json.null();
    json.key("loss").begin_object();
    write_half(json.key("client"), udp.client, udp.server);
    write_half(json.key("server"), udp.server, udp.client);
    json.end_object();
    write_known(json.key("correlation_id"), udp.correlation_id);
    write_known(json.key("note"), udp.note);
    json.end_object();
}

std::string udp_text(const model::UdpTransport& udp) {
    const bool chosen = !udp.version.empty();
    std::string out = fmt::format("version {}{}, {}, MTU {}", chosen ? udp.version : udp.offered_version,
                                  chosen ? "" : " offered", udp.mode, udp.client_mtu.value_or(0));
    if (udp.server_mtu) out += fmt::format(" and {}", *udp.server_mtu);
    out += ": " + udp.outcome;
    if (udp.syns > 1) out += fmt::format("; {} SYNs", udp.syns);
    const auto again = udp.client.retransmissions + udp.server.retransmissions;
    if (again > 0) out += fmt::format("; {} packet{} sent again", again, again == 1 ? "" : "s");
    return out;
}

}  // namespace rdpdx::report
