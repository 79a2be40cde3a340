// RDP through SOCKS and HTTP proxies: the server is the one that the client asked for, and a refusal is the proxy's
// word.
#include <algorithm>

#include "src/analysis/analysis.hpp"
#include "src/diagnose/assess.hpp"
#include "tests/support/attempts.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using model::Stage;
using model::StageStatus;

namespace {

const auto kRequest = test::from_hex("03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00");
const auto kConfirm = test::from_hex("03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 02 00 00 00");

// A client at a proxy, port 1080: what both say in turn, the client first.
struct Dialogue {
    std::vector<std::pair<bool, test::Bytes>> said;
    Dialogue& client(const test::Bytes& data) { return add(true, data); }
    Dialogue& server(const test::Bytes& data) { return add(false, data); }
    Dialogue& add(bool by_client, const test::Bytes& data) {
        said.emplace_back(by_client, data);
        return *this;
    }
    std::vector<model::Track> tracks() const {
        test::PcapFile file;
        std::int64_t now = 1'767'268'800'000'000'000;
        std::uint32_t client = 1000, server = 5000;
        const auto packet = [&](bool by_client, test::Tcp h, const test::Bytes& data) {
            h.source = by_client ? 50000 : 1080;
            h.destination = by_client ? 1080 : 50000;
            h.sequence = by_client ? client : server;
            h.acknowledgment = h.ack ? (by_client ? server : client) : 0;
            const std::string_view c = "192.0.2.10", p = "192.0.2.8";
            file.add(now += 1'000'000,
                     test::ethernet(0x0800, test::ipv4({.source = by_client ? c : p, .destination = by_client ? p : c},
                                                       test::tcp(h, data))));
            (by_client ? client : server) += static_cast<std::uint32_t>(data.size()) + (h.syn || h.fin ? 1 : 0);
        };
        packet(true, {.syn = true}, {});
        packet(false, {.syn = true, .ack = true}, {});
        packet(true, {.ack = true}, {});
        for (const auto& [by_client, data] : said) packet(by_client, {.ack = true}, data);
        packet(false, {.ack = true, .fin = true}, {});
        bytes::MemorySource source{file.bytes()};
        return analysis::read(source, analysis::Kind::pcap, 0, {}, {}).tracks;
    }
};

const model::Observation& proxy_of(const model::Track& track) {
    const auto at = std::ranges::find(track.seen, std::string_view{"proxy.connect"}, &model::Observation::kind);
    REQUIRE(at != track.seen.end());
    return *at;
}

Dialogue socks5(std::uint8_t code) {
    return Dialogue{}
        .client(test::from_hex("05 01 00"))
        .server(test::from_hex("05 00"))
        .client(test::from_hex("05 01 00 01 cb 00 71 14 0d 3d"))
        .server(test::join({test::be(1, 5), test::be(1, code), test::from_hex("00 01 00 00 00 00 00 00")}));
}

}  // namespace

TEST_CASE("behind a proxy that connects, the RDP handshake is read and the server is the one asked for") {
    const auto http = [](const char* answer) {
        return Dialogue{}
            .client(test::text("CONNECT 203.0.113.20:3389 HTTP/1.1\r\nHost: 203.0.113.20:3389\r\n\r\n"))
            .server(test::text(answer));
    };
    struct Row {
        Dialogue dialogue;
        const char* protocol;
    };
    auto row = GENERATE_COPY(values<Row>({
        {socks5(0), "SOCKS 5"},
        {Dialogue{}
             .client(test::from_hex("04 01 0d 3d cb 00 71 14 61 00"))
             .server(test::from_hex("00 5a 00 00 00 00 00 00")),
         "SOCKS 4"},
        {http("HTTP/1.1 200 Connection established\r\n\r\n"), "HTTP CONNECT"},
        {http("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno")
             .client(test::text("CONNECT 203.0.113.20:3389 HTTP/1.1\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n"))
             .server(test::text("HTTP/1.0 200 OK\r\n\r\n")),
         "HTTP CONNECT"},
    }));
    INFO(row.protocol);
    const auto tracks = row.dialogue.client(kRequest).server(kConfirm).tracks();
    REQUIRE(tracks.size() == 1);
    const auto& track = tracks[0];
    CHECK(track.server.address == "203.0.113.20");
    CHECK(track.server.port == 3389);
    const auto& proxy = proxy_of(track);
    CHECK(proxy.string("protocol") == row.protocol);
    CHECK(proxy.string("proxy") == "192.0.2.8:1080");
    CHECK(proxy.string("target") == "203.0.113.20:3389");
    CHECK(proxy.string("result") == "granted");
    CHECK(proxy.effect == model::Effect::passed);
    CHECK(std::ranges::count(track.seen, std::string_view{"x224.connection-request"}, &model::Observation::kind) == 1);
    CHECK(std::ranges::count(track.seen, std::string_view{"x224.connection-confirm"}, &model::Observation::kind) == 1);
    for (const auto& o : track.seen) CHECK(o.text.find("c2VjcmV0") == std::string::npos);
}

TEST_CASE("a proxy that refuses fails the TCP connection, and says so itself") {
    struct Row {
        Dialogue dialogue;
        std::int64_t code;
        const char* name;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {socks5(5), 5, "connection refused"},
        {Dialogue{}
             .client(test::text("CONNECT rdp.lab.example:3389 HTTP/1.1\r\n\r\n"))
             .server(test::text("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")),
         403, "Forbidden"},
    }));
    const auto tracks = row.dialogue.tracks();
    REQUIRE(tracks.size() == 1);
    const auto& proxy = proxy_of(tracks[0]);
    CHECK(proxy.number("code") == row.code);
    CHECK(proxy.string("name") == row.name);
    auto attempt = test::attempt_of({tracks[0]});
    diagnose::assess(attempt);
    CHECK(attempt.outcome == model::Outcome::failed);
    CHECK(attempt.stage == Stage::tcp_connect);
    CHECK(attempt.stages[static_cast<std::size_t>(Stage::tcp_connect)].status == StageStatus::failed);
    CHECK(attempt.ended_by == model::Party::network);
}

TEST_CASE("what goes through a proxy to elsewhere is nobody's business") {
    CHECK(Dialogue{}
              .client(test::text("CONNECT www.lab.example:443 HTTP/1.1\r\n\r\n"))
              .server(test::text("HTTP/1.1 200 OK\r\n\r\n"))
              .client(test::from_hex("16 03 01 00 05 01 00 00 01 00"))
              .tracks()
              .empty());
    CHECK(Dialogue{}
              .client(test::text("CONNECT www.lab.example:443 HTTP/1.1\r\n\r\n"))
              .server(test::text("HTTP/1.1 502 Bad Gateway\r\n\r\n"))
              .tracks()
              .empty());
}
