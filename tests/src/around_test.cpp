// What a capture shows around the connections of RDP: names that were looked up, and neighbours on the link.
#include <algorithm>

#include "src/analysis/analysis.hpp"
#include "src/catalogue/catalogue.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using Octets = test::Bytes;

namespace {

constexpr std::string_view kClient = "192.0.2.10", kServer = "192.0.2.20", kOther = "192.0.2.21", kDns = "192.0.2.53";
constexpr std::int64_t kSecond = 1'000'000'000, kStart = 1'767'268'800 * kSecond;

Octets name(std::string_view dotted) {
    Octets out;
    while (!dotted.empty()) {
        const auto label = dotted.substr(0, dotted.find('.'));
        out = test::join({out, test::be(1, label.size()), test::text(label)});
        dotted.remove_prefix(std::min(dotted.size(), label.size() + 1));
    }
    return test::join({out, test::be(1, 0)});
}

struct Dns {
    std::string_view name = "rdp.lab.example";
    std::vector<std::string_view> addresses = {};
    std::uint16_t flags = 0x8180, id = 7, type = 1;
    std::uint16_t port = 53, client_port = 5300;
    std::string_view server = kDns;
};
Octets question(const Dns& d) {
    return test::join({test::be(2, d.id), test::be(2, 0x0100), test::be(2, 1), Octets(6), name(d.name),
                       test::be(2, d.type), test::be(2, 1)});
}
Octets reply(const Dns& d) {
    Octets out = test::join({test::be(2, d.id), test::be(2, d.flags), test::be(2, 1), test::be(2, d.addresses.size()),
                             Octets(4), name(d.name), test::be(2, d.type), test::be(2, 1)});
    for (const auto a : d.addresses)
        out = test::join({out, test::be(2, 0xC00C), test::be(2, d.type), test::be(2, 1), test::be(4, 60),
                          test::be(2, test::octets(a).size()), test::octets(a)});
    return out;
}

class Capture {
public:
    // A SYN, and where `answered` a handshake and a connection request, from second `at` on.
    Capture& rdp(double at, std::string_view server = kServer, bool answered = true, std::uint16_t port = 50000) {
        segment(at, server, port, true, {.syn = true, .ack = false}, 1000, 0, {});
        if (!answered) return *this;
        segment(at + 0.01, server, port, false, {.syn = true, .ack = true}, 5000, 1001, {});
        segment(at + 0.02, server, port, true, {.ack = true}, 1001, 5001, {});
        segment(at + 0.03, server, port, true, {.ack = true}, 1001, 5001,
                test::from_hex("03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00"));
        segment(at + 0.5, server, port, false, {.ack = true, .fin = true}, 5001, 1020, {});
        return *this;
    }
    Capture& ask(double at, const Dns& d = {}) {
        return packet(at, kClient, d.server, 17,
                      test::udp({.source = d.client_port, .destination = d.port}, question(d)));
    }
    Capture& answer(double at, const Dns& d) {
        return packet(at, d.server, kClient, 17, test::udp({.source = d.port, .destination = d.client_port}, reply(d)));
    }
    // A question of the client and its answer 10 ms later; the client's clock is `ahead` seconds of the server's, which
    // is right, and its question shows `shown` instead where that is given.
    Capture& ntp(double at, double ahead, std::optional<std::uint64_t> shown = {}, unsigned stratum = 2) {
        const auto stamp = [](double seconds) {
            return static_cast<std::uint64_t>((seconds + static_cast<double>(kStart / kSecond) + 2'208'988'800.0) *
                                              4294967296.0);
        };
        const auto packet_of = [&](unsigned mode, std::uint64_t origin, std::uint64_t receive, std::uint64_t transmit) {
            return test::join({test::be(1, 0x20 | mode), test::be(1, stratum), Octets(22), test::be(8, origin),
                               test::be(8, receive), test::be(8, transmit)});
        };
        const std::uint64_t asked = shown.value_or(stamp(at + ahead)), answered = stamp(at + 0.005);
        packet(at, kClient, kDns, 17, test::udp({.source = 123, .destination = 123}, packet_of(3, 0, 0, asked)));
        return packet(at + 0.01, kDns, kClient, 17,
                      test::udp({.source = 123, .destination = 123}, packet_of(4, asked, answered, answered)));
    }
    Capture& arp(double at, unsigned operation, std::uint64_t mac, std::string_view sender, std::string_view target) {
        packets_.emplace_back(
            kStart + static_cast<std::int64_t>(at * 1e9),
            test::ethernet(0x0806,
                           test::join({test::from_hex("00 01 08 00 06 04"), test::be(2, operation), test::be(6, mac),
                                       test::octets(sender), Octets(6), test::octets(target)})));
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
    struct Flags {
        bool syn = false, ack = false, fin = false;
    };
    void segment(double at, std::string_view server, std::uint16_t port, bool client, Flags flags,
                 std::uint32_t sequence, std::uint32_t acknowledgment, const Octets& data) {
        test::Tcp t;
        t.source = client ? port : 3389;
        t.destination = client ? 3389 : port;
        t.sequence = sequence;
        t.acknowledgment = acknowledgment;
        t.syn = flags.syn;
        t.ack = flags.ack;
        t.fin = flags.fin;
        packet(at, client ? kClient : server, client ? server : kClient, 6, test::tcp(t, data));
    }
    Capture& packet(double at, std::string_view from, std::string_view to, std::uint8_t protocol, const Octets& data) {
        test::Ipv4 ip;
        ip.source = from;
        ip.destination = to;
        ip.protocol = protocol;
        ip.id = ++id_;
        packets_.emplace_back(kStart + static_cast<std::int64_t>(at * 1e9),
                              test::ethernet(0x0800, test::ipv4(ip, data)));
        return *this;
    }
    std::uint16_t id_{};
    std::vector<std::pair<std::int64_t, Octets>> packets_;
};

std::vector<model::Observation> of_kind(const model::Track& track, std::string_view prefix) {
    std::vector<model::Observation> out;
    for (const auto& o : track.seen)
        if (o.kind.starts_with(prefix)) out.push_back(o);
    return out;
}
std::vector<std::string> list(const model::Observation& o, std::string_view field) {
    const auto* value = o.field(field);
    const auto* texts = value ? std::get_if<std::vector<std::string>>(value) : nullptr;
    return texts ? *texts : std::vector<std::string>{};
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the answer that led to the connection passes name resolution") {
    const auto tracks = Capture{}.ask(1).answer(1.1, {.addresses = {kOther, kServer}}).rdp(2).tracks();
    REQUIRE(tracks.size() == 1);
    const auto seen = of_kind(tracks[0], "dns.");
    REQUIRE(seen.size() == 1);
    CHECK(tracks[0].seen.front().kind == "dns.answer");
    CHECK(seen[0].stage == model::Stage::name_resolution);
    CHECK(seen[0].effect == model::Effect::passed);
    CHECK(seen[0].string("name") == "rdp.lab.example");
    CHECK(seen[0].string("protocol") == "DNS");
    CHECK(seen[0].string("server") == kDns);
    CHECK(list(seen[0], "addresses") == Texts{std::string{kOther}, std::string{kServer}});
    CHECK(seen[0].number("matches") == 1);
    CHECK(seen[0].evidence.number == 2);
}

TEST_CASE("a time server's answers tell how far the client's clock is off") {
    const auto tracks = Capture{}.ntp(1, 363.2).rdp(2).ntp(60, 363.5).tracks();
    REQUIRE(tracks.size() == 1);
    const auto seen = of_kind(tracks[0], "ntp.");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].string("of") == "client");
    CHECK(seen[0].string("server") == kDns);
    CHECK(std::abs(*seen[0].number("offset_ms") - 363'200) <= 1);
    CHECK(seen[0].text.str() == "By NTP the client's clock is 6 min 3 s ahead of that of 192.0.2.53.");
    CHECK(seen[0].evidence.number == 2);
}

TEST_CASE("one question's time counts only where the capture's clock agrees with it") {
    CHECK(of_kind(Capture{}.ntp(1, 0.2).rdp(2).tracks().at(0), "ntp.").size() == 1);
    CHECK(of_kind(Capture{}.ntp(1, 363).rdp(2).tracks().at(0), "ntp.").empty());
    CHECK(of_kind(Capture{}.ntp(1, 0, 0x1234567890ABCDEF).ntp(3, 0, 0xFEDCBA0987654321).rdp(4).tracks().at(0), "ntp.")
              .empty());
}

TEST_CASE("a time server that is not synchronized, or answers long before the connection, tells nothing") {
    CHECK(of_kind(Capture{}.ntp(1, 0.2, {}, 16).rdp(2).tracks().at(0), "ntp.").empty());
    CHECK(of_kind(Capture{}.ntp(1, 0.2).rdp(3700).tracks().at(0), "ntp.").empty());
}

TEST_CASE("LLMNR and mDNS are told by their own names") {
    struct Row {
        const char* name;
        std::uint16_t port, type;
        const char *protocol, *said;
    };
    const auto row = GENERATE(values<Row>({{"RDSH0", 5355, 1, "LLMNR", "rdsh0"}, {"RDSH0", 5353, 1, "mDNS", "rdsh0"}}));
    const Dns d{.name = row.name, .addresses = {kServer}, .type = row.type, .port = row.port};
    const auto tracks = Capture{}.ask(1, d).answer(1.1, d).rdp(2).tracks();
    REQUIRE(tracks.size() == 1);
    const auto seen = of_kind(tracks[0], "dns.");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].string("protocol") == row.protocol);
    CHECK(seen[0].string("name") == row.said);
}

TEST_CASE("look-ups that are not of the connection are not told") {
    SECTION("another address was answered") {
        const auto tracks = Capture{}.ask(1).answer(1.1, {.addresses = {kOther}}).rdp(2).tracks();
        CHECK(of_kind(tracks.at(0), "dns.").empty());
    }
    SECTION("it failed, and nothing shows that the connection is to that name") {
        const auto tracks = Capture{}.ask(1).answer(1.1, {.flags = 0x8183}).rdp(2).tracks();
        CHECK(of_kind(tracks.at(0), "dns.").empty());
    }
    SECTION("it was long before, or after") {
        const Dns d{.addresses = {kServer}};
        CHECK(of_kind(Capture{}.ask(1).answer(1.1, d).rdp(90).tracks().at(0), "dns.").empty());
        CHECK(of_kind(Capture{}.rdp(1).ask(2).answer(2.1, d).tracks().at(0), "dns.").empty());
    }
    SECTION("the answer is to another question") {
        const auto tracks = Capture{}.ask(1).answer(1.1, {.addresses = {kServer}, .id = 8}).rdp(2).tracks();
        CHECK(of_kind(tracks.at(0), "dns.").empty());
    }
}

TEST_CASE("a failed look-up without a connection is no attempt") {
    CHECK(Capture{}.ask(1).answer(1.1, {.flags = 0x8183}).ask(3, {.name = "other.example"}).tracks().empty());
}

TEST_CASE("a name that failed by one way and was found by another is told with both") {
    const Dns llmnr{.name = "rdp", .addresses = {kServer}, .port = 5355};
    const auto tracks =
        Capture{}.ask(1).answer(1.1, {.flags = 0x8183}).ask(1.2, llmnr).answer(1.3, llmnr).rdp(2).tracks();
    const auto seen = of_kind(tracks.at(0), "dns.");
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].kind == "dns.failure");
    CHECK(seen[0].string("reason") == "NXDOMAIN");
    CHECK(seen[0].number("code") == 3);
    CHECK(seen[0].effect == model::Effect::noted);
    CHECK(seen[1].kind == "dns.answer");
}

TEST_CASE("a name that nobody answers is asked again, and that is one look-up") {
    const Dns silent{.name = "rdp.lab.example"}, llmnr{.name = "rdp", .addresses = {kServer}, .port = 5355};
    const auto tracks =
        Capture{}.ask(1, silent).ask(2, silent).ask(4, silent).ask(5, llmnr).answer(5.1, llmnr).rdp(10).tracks();
    const auto seen = of_kind(tracks.at(0), "dns.");
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].string("reason") == "no answer");
    CHECK(seen[0].number("tries") == 3);
    CHECK_FALSE(seen[0].field("code"));
}

TEST_CASE("a name that leads to a dead address and later to a live one is told with both") {
    const auto tracks = Capture{}
                            .ask(1)
                            .answer(1.1, {.addresses = {kServer}})
                            .rdp(2, kServer, false)
                            .ask(30, {.id = 9})
                            .answer(30.1, {.addresses = {kOther}, .id = 9})
                            .rdp(31, kOther, true, 50001)
                            .tracks();
    REQUIRE(tracks.size() == 2);
    const auto dead = of_kind(tracks[0], "dns."), live = of_kind(tracks[1], "dns.");
    REQUIRE(dead.size() == 1);
    CHECK(list(dead[0], "others") == Texts{std::string{kOther}});
    CHECK(dead[0].number("other_works") == 1);
    REQUIRE(live.size() == 1);
    CHECK(live[0].number("other_works") == 0);
}

TEST_CASE("two machines that answer for one address at once are in conflict") {
    const auto tracks = Capture{}
                            .arp(1, 1, 0x0A, kClient, kServer)
                            .arp(1.001, 2, 0x14, kServer, kClient)
                            .arp(1.002, 2, 0x15, kServer, kClient)
                            .rdp(2)
                            .tracks();
    const auto seen = of_kind(tracks.at(0), "arp.");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].kind == "arp.conflict");
    CHECK(seen[0].string("of") == "server");
    CHECK(seen[0].string("how") == "both-answer");
    CHECK(list(seen[0], "macs") == Texts{"00:00:00:00:00:14", "00:00:00:00:00:15"});
    CHECK(seen[0].evidence.number == 3);
}

TEST_CASE("one change of machine is not taken for a conflict, a change to and fro is") {
    Capture capture;
    capture.arp(1, 2, 0x14, kServer, kClient).rdp(2).arp(5, 1, 0x15, kServer, kServer);
    const bool back = GENERATE(false, true);
    if (back) capture.arp(9, 2, 0x14, kServer, kClient);
    const auto seen = of_kind(capture.tracks().at(0), "arp.");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].string("how") == (back ? "alternating" : "changed"));
}

TEST_CASE("machines that share an address by design, and those of other times, are not told") {
    const std::uint64_t vrrp = 0x00005E000101;
    CHECK(of_kind(Capture{}.arp(1, 2, vrrp, kServer, kClient).arp(1.1, 2, 0x14, kServer, kClient).rdp(2).tracks().at(0),
                  "arp.")
              .empty());
    CHECK(of_kind(
              Capture{}.rdp(2).arp(100, 2, 0x14, kServer, kClient).arp(100.1, 2, 0x15, kServer, kClient).tracks().at(0),
              "arp.")
              .empty());
}

TEST_CASE("an address that nobody has, asked for again, is told of a connection that was not answered") {
    Capture capture;
    capture.arp(1, 1, 0x01, "192.0.2.1", kServer).arp(2, 1, 0x01, "192.0.2.1", kServer);
    SECTION("and the SYN was not") {
        const auto seen = of_kind(capture.rdp(1.5, kServer, false).tracks().at(0), "arp.");
        REQUIRE(seen.size() == 1);
        CHECK(seen[0].kind == "arp.unanswered");
        CHECK(seen[0].number("count") == 2);
        CHECK(seen[0].stage == model::Stage::tcp_connect);
        CHECK(seen[0].effect == model::Effect::noted);
    }
    SECTION("but the server answered the SYN") { CHECK(of_kind(capture.rdp(1.5).tracks().at(0), "arp.").empty()); }
    SECTION("but somebody has it") {
        capture.arp(2.5, 2, 0x14, kServer, "192.0.2.1");
        CHECK(of_kind(capture.rdp(1.5, kServer, false).tracks().at(0), "arp.").empty());
    }
}
