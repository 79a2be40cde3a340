// Kerberos of port 88 next to attempts of the same client, through the front door.
#include <algorithm>

#include "src/analysis/analysis.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/observe/kdc.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kdc.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using Octets = test::Bytes;
namespace kdc = test::kdc;

namespace {

constexpr std::string_view kClient = "198.51.100.10", kServer = "203.0.113.20", kKdc = "203.0.113.5";
constexpr std::int64_t kSecond = 1'000'000'000, kStart = 1'767'268'800 * kSecond;

class Capture {
public:
    explicit Capture(std::string_view client = kClient) : client_{client} {}

    // A connection request in a TCP connection of its own, from second `at` for half a second.
    Capture& rdp(double at, std::uint16_t port = 50000) {
        const Octets request = test::from_hex("03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00");
        tcp(at, kServer, port, 3389, {request});
        return *this;
    }
    Capture& ask(double at, const Octets& message, std::uint16_t port = 60000) {
        return packet(at, kKdc, 17, test::udp({.source = port, .destination = 88}, message), true);
    }
    Capture& answer(double at, const Octets& message, std::uint16_t port = 60000) {
        return packet(at, kKdc, 17, test::udp({.source = 88, .destination = port}, message), false);
    }
    // The client's messages, each of them in a segment of its own.
    Capture& tcp(double at, std::string_view server, std::uint16_t from, std::uint16_t to,
                 const std::vector<Octets>& sent) {
        const auto segment = [&](double after, bool client, bool syn, bool fin, std::uint32_t sequence,
                                 std::uint32_t acknowledgment, const Octets& data) {
            test::Tcp t;
            t.source = client ? from : to;
            t.destination = client ? to : from;
            t.sequence = sequence;
            t.acknowledgment = acknowledgment;
            t.syn = syn;
            t.ack = !syn || !client;
            t.fin = fin;
            packet(at + after, server, 6, test::tcp(t, data), client);
        };
        segment(0, true, true, false, 1000, 0, {});
        segment(0.01, false, true, false, 5000, 1001, {});
        segment(0.02, true, false, false, 1001, 5001, {});
        std::uint32_t next = 1001;
        for (const Octets& data : sent) {
            segment(0.03, true, false, false, next, 5001, data);
            next += static_cast<std::uint32_t>(data.size());
        }
        segment(0.5, false, false, true, 5001, next, {});
        return *this;
    }
    std::vector<model::Track> tracks() {
        std::ranges::stable_sort(packets_, {}, [](const auto& p) { return p.first; });
        test::PcapFile file;
        for (const auto& [time, data] : packets_) file.add(time, data);
        bytes::MemorySource source{file.bytes()};
        return analysis::read(source, analysis::Kind::pcap, 0, {}, {}).tracks;
    }

private:
    Capture& packet(double at, std::string_view peer, std::uint8_t protocol, const Octets& data, bool from_client) {
        test::Ipv4 ip;
        ip.source = from_client ? client_ : peer;
        ip.destination = from_client ? peer : client_;
        ip.protocol = protocol;
        ip.id = ++id_;
        packets_.emplace_back(kStart + static_cast<std::int64_t>(at * 1e9),
                              test::ethernet(0x0800, test::ipv4(ip, data)));
        return *this;
    }
    std::string_view client_;
    std::uint16_t id_{};
    std::vector<std::pair<std::int64_t, Octets>> packets_;
};

std::vector<model::Observation> kerberos(const model::Track& track) {
    std::vector<model::Observation> out;
    for (const auto& o : track.seen)
        if (o.kind == "kdc.pdu") out.push_back(o);
    return out;
}

}  // namespace

TEST_CASE("what the client and the KDC say before an attempt belongs to it, in front of its TCP connection") {
    const auto tracks = Capture{}
                            .ask(1, kdc::request(10, kdc::kTgt))
                            .answer(1.1, kdc::error(25, kdc::kTgt))
                            .ask(1.2, kdc::request(10, kdc::kTgt))
                            .answer(1.3, kdc::error(24, kdc::kTgt))
                            .rdp(20)
                            .tracks();
    REQUIRE(tracks.size() == 1);
    const auto seen = kerberos(tracks[0]);
    REQUIRE(seen.size() == 4);
    CHECK(tracks[0].seen.front().kind == "kdc.pdu");
    CHECK(seen[0].string("message") == "AS-REQ");
    CHECK(seen[0].string("realm") == "LAB.EXAMPLE");
    CHECK(seen[0].string("sname") == "krbtgt/LAB.EXAMPLE");
    CHECK(seen[0].string("server") == kKdc);
    CHECK(seen[1].effect == model::Effect::noise);
    CHECK(seen[3].effect == model::Effect::noted);
    CHECK(seen[3].number("code") == 24);
    CHECK(seen[3].string("name") == "KDC_ERR_PREAUTH_FAILED");
    // The error does not name the client; the request on the same ports did.
    CHECK(seen[3].string("cname") == "alice");
    CHECK(seen[3].string("account") == "user");
    CHECK_FALSE(seen[3].stage);
    CHECK(seen[3].evidence.number == 4);
    CHECK(tracks[0].started == model::Time{std::chrono::nanoseconds{kStart + 20 * kSecond}});
}

TEST_CASE("over TCP a message may come in pieces, and two in one") {
    const Octets both =
        test::join({kdc::framed(kdc::request(10, kdc::kTgt, "PC1$")), kdc::framed(kdc::request(12, kdc::kRdp))});
    const auto part = [&](std::size_t from, std::size_t to) {
        return Octets(both.begin() + static_cast<std::ptrdiff_t>(from), both.begin() + static_cast<std::ptrdiff_t>(to));
    };
    const auto tracks =
        Capture{}.rdp(1).tcp(1.2, kKdc, 60001, 88, {part(0, 4), part(4, 90), part(90, both.size())}).tracks();
    REQUIRE(tracks.size() == 1);
    const auto seen = kerberos(tracks[0]);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].string("message") == "AS-REQ");
    CHECK(seen[0].string("account") == "machine");
    CHECK(seen[1].string("sname") == "TERMSRV/rdsh1.lab.example");
    CHECK(seen[1].evidence.number > seen[0].evidence.number);
}

TEST_CASE("Kerberos of a client without RDP, or long before, makes no attempt and no evidence") {
    const Octets message = kdc::request(10, kdc::kTgt);
    CHECK(Capture{}.ask(1, message).tcp(2, kKdc, 60001, 88, {kdc::framed(message)}).tracks().empty());
    const auto late = Capture{}.ask(1, message).rdp(61.5).tracks();
    REQUIRE(late.size() == 1);
    CHECK(kerberos(late[0]).empty());
    const auto after = Capture{}.rdp(1).ask(3, message).tracks();
    REQUIRE(after.size() == 1);
    CHECK(kerberos(after[0]).empty());
    CHECK(kerberos(Capture{}.ask(1, message).rdp(60).tracks().at(0)).size() == 1);
}

TEST_CASE("of several attempts each has what came while it was alive, or just before it") {
    const auto tracks = Capture{}
                            .rdp(1)
                            .ask(1.2, kdc::request(10, kdc::kTgt))
                            .ask(5, kdc::request(12, kdc::kRdp))
                            .rdp(10, 50001)
                            .tracks();
    REQUIRE(tracks.size() == 2);
    REQUIRE(kerberos(tracks[0]).size() == 1);
    CHECK(kerberos(tracks[0])[0].string("message") == "AS-REQ");
    REQUIRE(kerberos(tracks[1]).size() == 1);
    CHECK(kerberos(tracks[1])[0].string("message") == "TGS-REQ");
}

TEST_CASE("no more is kept of one client than is said, and the latest before the attempt are") {
    Capture capture;
    for (int i = 0; i < 300; ++i)
        capture.ask(1 + i * 0.01, kdc::request(10, kdc::kTgt), static_cast<std::uint16_t>(10000 + i));
    const auto tracks = capture.rdp(10).tracks();
    REQUIRE(tracks.size() == 1);
    const auto seen = kerberos(tracks[0]);
    CHECK(seen.size() == observe::kKdcKeptAClient);
    CHECK(seen.front().evidence.number == 101);
}

TEST_CASE("what is on port 88 and no Kerberos is passed over") {
    const Octets http = test::text("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const Octets cut = test::first(kdc::request(10, kdc::kTgt), 60);
    const auto tracks = Capture{}.tcp(1, kKdc, 60001, 88, {http}).ask(2, cut).answer(3, http).rdp(4).tracks();
    REQUIRE(tracks.size() == 1);
    CHECK(kerberos(tracks[0]).empty());
}
