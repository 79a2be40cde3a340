// Floods of SYNs and scans: bounded in what is kept, and nothing is lost silently.
#include <algorithm>

#include "src/analysis/analysis.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/observe/crowd.hpp"
#include "src/observe/udp.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packets.hpp"
#include "tests/support/rdpeudp.hpp"

using namespace rdpdx;

namespace {

constexpr std::uint32_t kFlood = 20'000;

// A capture that grows by each packet alone.
class Capture {
public:
    Capture() : file_{test::PcapFile{}.bytes()} {}
    void add(const test::Bytes& ip) {
        const test::Bytes packet = test::ethernet(0x0800, ip);
        const std::uint64_t time = 1'767'268'800 + frames_ / 1000;
        for (const auto& part : {test::le(4, time), test::le(4, frames_ % 1000 * 1000), test::le(4, packet.size()),
                                 test::le(4, packet.size()), packet})
            file_.insert(file_.end(), part.begin(), part.end());
        ++frames_;
    }
    analysis::Reading read() const {
        bytes::MemorySource source{file_};
        return analysis::read(source, analysis::Kind::pcap, 0, {}, {});
    }

private:
    test::Bytes file_;
    std::uint64_t frames_{};
};

std::string dotted(std::uint32_t n, unsigned first = 10) {
    return std::to_string(first) + "." + std::to_string(n >> 16 & 0xFF) + "." + std::to_string(n >> 8 & 0xFF) + "." +
           std::to_string(n & 0xFF);
}

test::Bytes segment(std::string_view from, std::string_view to, const test::Tcp& h, const test::Bytes& data = {}) {
    return test::ipv4({.source = from, .destination = to}, test::tcp(h, data));
}

bool says(const model::Input& input, std::string_view text) {
    for (const auto& note : input.notes)
        if (note.find(text) != std::string::npos) return true;
    return false;
}

const auto kRequest = test::from_hex("03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00");

}  // namespace

TEST_CASE("of a flood of SYNs from many addresses the first ones are told, and the others counted") {
    Capture capture;
    for (std::uint32_t n = 0; n < kFlood; ++n)
        capture.add(segment(dotted(n), "203.0.113.20", {.sequence = n, .syn = true}));
    // One real client in the middle of it.
    capture.add(segment("192.0.2.1", "203.0.113.20", {.sequence = 1, .syn = true}));
    capture.add(
        segment("203.0.113.20", "192.0.2.1",
                {.source = 3389, .destination = 50000, .sequence = 9, .acknowledgment = 2, .syn = true, .ack = true}));
    capture.add(segment("192.0.2.1", "203.0.113.20", {.sequence = 2, .acknowledgment = 10, .ack = true}, kRequest));
    const auto reading = capture.read();
    CHECK(reading.tracks.size() == observe::kHollowAServer + 1);
    CHECK(says(reading.input, "19800 more connections to 203.0.113.20:3389 came from 19800 addresses"));
    CHECK(says(reading.input, "19800 unanswered SYNs"));
    CHECK(std::ranges::count_if(reading.tracks, [](const auto& t) { return t.client.address == "192.0.2.1"; }) == 1);
}

TEST_CASE("a scan of many servers is bounded as a whole") {
    Capture capture;
    for (std::uint32_t n = 0; n < kFlood; ++n)
        capture.add(segment("198.51.100.9", dotted(n), {.sequence = n, .syn = true}));
    const auto reading = capture.read();
    CHECK(reading.tracks.size() == observe::kHollow);
    CHECK(says(reading.input, "18000 more connections to other servers came from 1 addresses"));
}

TEST_CASE("connections to RDP's port that carry something else are counted as well") {
    Capture capture;
    for (std::uint32_t n = 0; n < 1000; ++n) {
        const auto client = dotted(n);
        capture.add(segment(client, "203.0.113.20", {.sequence = 1, .syn = true}));
        capture.add(segment(
            "203.0.113.20", client,
            {.source = 3389, .destination = 50000, .sequence = 9, .acknowledgment = 2, .syn = true, .ack = true}));
        capture.add(segment(client, "203.0.113.20", {.sequence = 2, .acknowledgment = 10, .ack = true},
                            test::text("GET / HTTP/1.0\r\n\r\n")));
    }
    const auto reading = capture.read();
    CHECK(reading.tracks.size() == observe::kHollowAServer);
    CHECK(says(reading.input, "800 that carry something other than RDP"));
}

TEST_CASE("of a flood of RDP-UDP SYNs no more are followed and told than the bounds say") {
    Capture capture;
    for (std::uint32_t n = 0; n < kFlood; ++n)
        capture.add(test::ipv4({.source = dotted(n), .destination = "203.0.113.20", .protocol = 17},
                               test::udp({}, test::rdpudp::syn({.number = n}))));
    const auto reading = capture.read();
    CHECK(reading.tracks.size() == observe::kUdpStrangers);
    CHECK(says(reading.input, "19800 more RDP-UDP conversations were begun and not answered."));
}

TEST_CASE("a table of RDP-UDP conversations holds no more than its bound") {
    observe::UdpTransports transports{0, model::Precision::micro, {}};
    for (std::uint32_t n = 0; n < kFlood; ++n) {
        const auto payload = test::rdpudp::syn({.number = n});
        net::Datagram datagram;
        datagram.source = {test::address(dotted(n)), 50000};
        datagram.destination = {test::address("203.0.113.20"), 3389};
        datagram.payload = payload;
        datagram.payload_length = static_cast<std::uint32_t>(payload.size());
        transports.datagram(datagram, {model::Time{} + std::chrono::microseconds{n}, n + 1, 0});
        REQUIRE(transports.live() <= observe::kUdpUnanswered);
    }
}

TEST_CASE("a router that cannot pass so large a datagram is told apart from one that has no way") {
    struct Row {
        std::uint8_t type, code;
        const char* outcome;
    };
    const auto row = GENERATE(values<Row>({{3, 4, "too-large"}, {3, 3, "unreachable"}, {3, 13, "unreachable"}}));
    Capture capture;
    const auto syn = test::ipv4({.source = "192.0.2.1", .destination = "203.0.113.20", .protocol = 17},
                                test::udp({}, test::rdpudp::syn({.number = 7})));
    capture.add(syn);
    const auto quoted = test::first(syn, 28);
    capture.add(test::ipv4({.source = "192.0.2.254", .destination = "192.0.2.1", .protocol = 1},
                           test::join({test::be(1, row.type), test::be(1, row.code), test::be(2, 0),
                                       test::be(4, row.code == 4 ? 1200U : 0U), quoted})));
    const auto reading = capture.read();
    REQUIRE(reading.tracks.size() == 1);
    CHECK(reading.tracks[0].udp->outcome == row.outcome);
    const auto at =
        std::ranges::find(reading.tracks[0].seen, std::string_view{"udp.unreachable"}, &model::Observation::kind);
    REQUIRE(at != reading.tracks[0].seen.end());
    CHECK(at->number("mtu") == (row.code == 4 ? 1200 : 0));
}

TEST_CASE("once glanced at, a datagram is wanted that may begin a conversation of RDP-UDP or belongs to a live one") {
    observe::UdpTransports transports{0, model::Precision::micro, {}};
    const auto wants = [&](std::uint16_t from, std::uint16_t to, std::uint32_t length) {
        return transports.wants(
            {.source_port = from, .destination_port = to, .datagram = true, .payload_length = length});
    };
    CHECK_FALSE(wants(50000, 3389, 100));
    CHECK(wants(50000, 3389, rdpeudp::kSynLength));
    const auto syn = test::rdpudp::syn({});
    net::Datagram datagram;
    datagram.source.port = 50000;
    datagram.destination.port = 3389;
    datagram.payload = syn;
    datagram.payload_length = static_cast<std::uint32_t>(syn.size());
    transports.datagram(datagram, {model::Time{std::chrono::seconds{1}}, 1, 24});
    REQUIRE(transports.live() == 1);
    CHECK(wants(50000, 3389, 100));
    CHECK(wants(3389, 50000, 100));
    CHECK_FALSE(wants(50001, 443, 100));
    (void)transports.take(model::Time{std::chrono::seconds{2}});
    CHECK_FALSE(wants(50000, 3389, 100));
}
