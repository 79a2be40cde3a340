// TCP segments of one connection built from values, and a listener that keeps what it is told.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/stream/flow.hpp"

namespace rdpdx::test {

// Flags and numbers as a packet list shows them; sequence numbers are absolute.
struct Tcp {
    bool from_client = true;
    std::uint32_t sequence{}, acknowledgment{};
    std::string_view flags = "A";  // any of S A F R P
    std::string_view payload{};
    std::int64_t at_ms = -1;  // since the first packet; otherwise one millisecond after the packet before
    std::uint16_t window = 8192;
    std::uint8_t hop_limit = 128;
    int identification = -1;  // otherwise counts up by side
    std::uint32_t sent = 0;   // payload_length, where it is more than the payload
    std::uint16_t mss = 0;
};

inline net::Endpoint endpoint(std::uint8_t last_octet, std::uint16_t port) {
    net::Endpoint out;
    out.address.family = 4;
    out.address.octets = {192, 0, 2, last_octet};
    out.port = port;
    return out;
}

// What a listener heard, one text a side; a gap is written as "[3]".
struct Heard final : stream::Listener {
    struct Followed {
        std::map<stream::Side, std::string> text;
        std::vector<stream::Chunk> chunks;  // their data is gone
        std::map<stream::Side, std::uint64_t> next;
        int asked = 0, ends = 0;
        std::string first;
        stream::Flow flow;  // at its end
    };
    Interest answer = Interest::follow;
    std::map<std::uint64_t, Followed> flows;
    std::vector<std::uint64_t> ended;
    bool offsets_fit = true;  // each chunk begins where the one before ended, plus its gap

    Interest first_payload(const stream::Flow& flow, stream::Side, bytes::View payload) override {
        Followed& f = flows[flow.id];
        ++f.asked;
        f.first = bytes::text_of(payload);
        return answer;
    }
    void data(const stream::Flow& flow, const stream::Chunk& chunk) override {
        Followed& f = flows[flow.id];
        if (chunk.gap > 0) f.text[chunk.from] += '[' + std::to_string(chunk.gap) + ']';
        f.text[chunk.from] += bytes::text_of(chunk.data);
        offsets_fit = offsets_fit && chunk.offset == f.next[chunk.from] + chunk.gap && !chunk.data.empty();
        f.next[chunk.from] = chunk.offset + chunk.data.size();
        f.chunks.push_back(chunk);
    }
    void end(const stream::Flow& flow) override {
        Followed& f = flows[flow.id];
        ++f.ends;
        f.flow = flow;
        ended.push_back(flow.id);
    }
    std::string client(std::uint64_t id = 1) { return flows[id].text[stream::Side::client]; }
    std::string server(std::uint64_t id = 1) { return flows[id].text[stream::Side::server]; }
};

// Feeds a table with the packets of connections between 192.0.2.1 and 192.0.2.2.
struct Wire {
    Heard heard;
    stream::Table table{heard};
    net::Endpoint client = endpoint(1, 50000), server = endpoint(2, 3389);
    std::int64_t now_ms = -1;
    std::uint64_t frame = 0;
    std::uint16_t identification[2] = {1000, 2000};

    net::Segment segment(const Tcp& t) {
        net::Segment s;
        s.source = t.from_client ? client : server;
        s.destination = t.from_client ? server : client;
        s.ip.source = s.source.address;
        s.ip.destination = s.destination.address;
        s.ip.hop_limit = t.hop_limit;
        s.ip.identification = t.identification < 0 ? ++identification[t.from_client ? 0 : 1]
                                                   : static_cast<std::uint16_t>(t.identification);
        s.sequence = t.sequence;
        s.acknowledgment = t.acknowledgment;
        const auto has = [&t](char flag) { return t.flags.find(flag) != std::string_view::npos; };
        s.syn = has('S');
        s.ack = has('A');
        s.fin = has('F');
        s.rst = has('R');
        s.psh = has('P');
        s.window = t.window;
        if (t.mss != 0) s.mss = t.mss;
        s.payload = bytes::view_of(t.payload);
        s.payload_length = t.sent != 0 ? t.sent : static_cast<std::uint32_t>(t.payload.size());
        return s;
    }
    // The frame number it got.
    std::uint64_t send(const Tcp& t) {
        now_ms = t.at_ms < 0 ? now_ms + 1 : t.at_ms;
        table.add(segment(t), {bytes::Time{std::chrono::milliseconds{now_ms}}, ++frame});
        return frame;
    }
    // Frames 1 to 3; the client's first byte is 1001, the server's 5001.
    void handshake() {
        send({.from_client = true, .sequence = 1000, .flags = "S", .mss = 1460});
        send({.from_client = false, .sequence = 5000, .acknowledgment = 1001, .flags = "SA", .mss = 1440});
        send({.from_client = true, .sequence = 1001, .acknowledgment = 5001});
    }
    std::uint64_t from_client(std::uint32_t sequence, std::string_view payload, std::uint32_t acknowledgment = 5001) {
        return send({.from_client = true,
                     .sequence = sequence,
                     .acknowledgment = acknowledgment,
                     .flags = "PA",
                     .payload = payload});
    }
    std::uint64_t from_server(std::uint32_t sequence, std::string_view payload, std::uint32_t acknowledgment = 1001) {
        return send({.from_client = false,
                     .sequence = sequence,
                     .acknowledgment = acknowledgment,
                     .flags = "PA",
                     .payload = payload});
    }
    std::uint64_t client_acks(std::uint32_t acknowledgment, std::uint32_t sequence = 1001) {
        return send({.from_client = true, .sequence = sequence, .acknowledgment = acknowledgment});
    }
    std::uint64_t server_acks(std::uint32_t acknowledgment, std::uint32_t sequence = 5001) {
        return send({.from_client = false, .sequence = sequence, .acknowledgment = acknowledgment});
    }
    const stream::Flow& finish(std::uint64_t id = 1) {
        table.finish();
        return heard.flows[id].flow;
    }
};

}  // namespace rdpdx::test
