#include "src/analysis/raw_evidence.hpp"

#include <algorithm>

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/evtx_logs.hpp"
#include "tests/support/evtx_writer.hpp"
#include "tests/support/packets.hpp"

using namespace rdpdx;
using test::Bytes;

namespace {

std::string shown(const Bytes& file, std::uint64_t offset, std::string_view kind = "tls.alert",
                  model::Evidence::Kind of = model::Evidence::Kind::packet) {
    model::Observation seen;
    seen.kind = kind;
    seen.evidence = {0, of, 1, offset};
    return analysis::raw_evidence(seen, [&](std::uint64_t at, std::size_t n) {
        const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(at, file.size()));
        return test::first(test::after(file, from), n);
    });
}

Bytes packet(const Bytes& payload) { return test::ethernet(0x0800, test::ipv4({}, test::tcp({.ack = true}, payload))); }

}  // namespace

TEST_CASE("a packet's bytes stand in hex beside what is printable") {
    const Bytes alert = packet(test::from_hex("15 03 03 00 02 02 28"));
    test::PcapFile file;
    file.add(1, packet({})).add(2, alert);
    const std::string text = shown(file.bytes(), 24 + 16 + packet({}).size());
    CHECK(text.starts_with("0000  02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 00  ..............E.\n"));
    CHECK(text.find("15 03 03 00 02 02 28 ") != std::string::npos);
    CHECK(text.find("more bytes") == std::string::npos);
}

TEST_CASE("of what a segment carries only negotiation and the TLS handshake are shown") {
    struct Row {
        const char* payload;
        bool open;
    };
    const auto row = GENERATE(values<Row>({
        {"03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00", true},  // X.224 request
        {"03 00 00 13 0e d0 00 00 12 34 00 02 0b 08 00 01 00 00 00", true},  // X.224 confirm
        {"16 03 01 00 04 01 00 00 00", true},                                // TLS handshake
        {"17 03 03 00 04 01 02 03 04", false},                               // TLS application data
        {"03 00 00 0c 02 f0 80 64 00 05 03 eb", false},                      // X.224 data: perhaps a password
        {"55 53 45 52 20 61 6c 69 63 65 0d 0a", false},                      // another protocol's login
        {"30 37 a0 03 02 01 06", false},                                     // CredSSP
    }));
    INFO(row.payload);
    const Bytes payload = test::from_hex(row.payload);
    test::PcapFile file;
    file.add(1, packet(payload));
    const std::string text = shown(file.bytes(), 24);
    const std::string more = "... " + std::to_string(payload.size()) + " more bytes, not shown";
    CHECK((text.find(more) == std::string::npos) == row.open);
    CHECK(text.starts_with("0000  02 00"));
}

TEST_CASE("what follows the negotiation in the same segment is not shown") {
    test::PcapFile file;
    file.add(1, packet(test::join({test::from_hex("03 00 00 0b 06 e0 00 00 00 00 00"), test::text("pa55wd")})));
    const std::string text = shown(file.bytes(), 24);
    CHECK(text.find("03 00 00 0b 06 e0") != std::string::npos);
    CHECK(text.find("pa55wd") == std::string::npos);
    CHECK(text.find("... 6 more bytes, not shown") != std::string::npos);
}

TEST_CASE("a packet of pcapng is shown by the interface it came from, in either byte order") {
    const bool big = GENERATE(false, true);
    test::PcapngFile file{big};
    file.section().interface().block(0xA, test::text("a secret")).interface(101);
    const std::uint64_t first = file.bytes().size();
    file.packet(1, packet({}));
    const std::uint64_t second = file.bytes().size();
    const Bytes raw_ip = test::ipv4({}, test::tcp({.syn = true}));
    file.packet(2, raw_ip, 1);
    CHECK(shown(file.bytes(), first).starts_with("0000  02 00 00 00 00 02"));
    CHECK(shown(file.bytes(), second).starts_with("0000  45 00 00 28"));
    CHECK(shown(file.bytes(), second).find("secret") == std::string::npos);
}

TEST_CASE("what carries names or the UDP transport is shown, any other datagram is not") {
    const Bytes datagram = test::ethernet(0x0800, test::ipv4({.protocol = 17}, test::udp({}, test::text("hello"))));
    test::PcapFile file;
    file.add(1, datagram);
    CHECK(shown(file.bytes(), 24, "dns.answer").find("hello") != std::string::npos);
    CHECK(shown(file.bytes(), 24, "udp.syn").find("hello") != std::string::npos);
    CHECK(shown(file.bytes(), 24, "ntp.offset").find("hello") != std::string::npos);
    CHECK(shown(file.bytes(), 24, "kdc.pdu").find("hello") == std::string::npos);
}

TEST_CASE("a record of a log is shown as XML, an element a line") {
    const auto log = test::evtx::write_log(
        {{.provider = "P", .id = 1, .channel = "C"},
         {.provider = "P", .id = 4625, .channel = "C", .data = {{"Who", test::evtx::unicode_string("alice")}}}});
    const auto records = test::read_log(log).records;
    REQUIRE(records.size() == 2);
    const std::string text = shown(log, records[1].frame.offset, "event", model::Evidence::Kind::event);
    CHECK(text.find("<EventID>4625</EventID>\n") != std::string::npos);
    CHECK(text.find("alice") != std::string::npos);
    CHECK(shown(log, records[1].frame.offset + 1, "event", model::Evidence::Kind::event).empty());
}

TEST_CASE("an event in XML or JSON is shown to its end, and any other line to its own") {
    struct Row {
        const char *before, *event, *after, *shown;
    };
    const auto row = GENERATE(values<Row>({
        {"<Events>", "<Event><A/></Event>", "<Event><B/></Event></Events>", "<Event>\n<A/>\n</Event>"},
        {"[", R"({"a": {"b": "}\""}, "c": 1})", R"(, {"d": 2}])", R"({"a": {"b": "}\""}, "c": 1})"},
        {"first\r\n", "\"UserAuthentication\"=dword:1", "\r\nthird\r\n", "\"UserAuthentication\"=dword:1"},
    }));
    const bool wide = GENERATE(false, true);
    const auto written = [&](std::string_view text) {
        Bytes out;
        for (const char c : text) out = test::join({out, test::le(wide ? 2 : 1, static_cast<unsigned char>(c))});
        return out;
    };
    const Bytes mark = wide ? test::from_hex("ff fe") : Bytes{};
    const Bytes before = test::join({mark, written(row.before)});
    const Bytes file = test::join({before, written(row.event), written(row.after)});
    CHECK(shown(file, before.size(), "event", model::Evidence::Kind::event) == row.shown);
}

TEST_CASE("evidence that is cut anywhere, or no longer there, is shown as far as it is") {
    test::PcapFile file;
    file.add(1, packet(test::from_hex("16 03 01 00 04 01 00 00 00")));
    const auto whole = shown(file.bytes(), 24);
    for (std::size_t n = 0; n < file.bytes().size(); ++n) CHECK(shown(test::first(file.bytes(), n), 24) != whole);
    CHECK(shown(file.bytes(), 1'000'000).empty());
    const auto log = test::evtx::write_log({{.provider = "P", .id = 1, .channel = "C"}});
    const std::uint64_t offset = test::read_log(log).records.front().frame.offset;
    for (const std::size_t n : {std::size_t{0}, std::size_t{4096}, std::size_t{4608}, std::size_t{4700}})
        CHECK(shown(test::first(log, n), offset, "event", model::Evidence::Kind::event).empty());
}

TEST_CASE("long evidence is cut, which is said") {
    const Bytes line(20'000, std::byte{'x'});
    const std::string text = shown(line, 0, "config.registry", model::Evidence::Kind::line);
    CHECK(text.size() < 4100);
    CHECK(text.ends_with("4000 more bytes"));
    test::PcapFile file;
    file.add(1, packet(test::join({test::from_hex("16 03 01 20 00"), Bytes(1000)})));
    CHECK(shown(file.bytes(), 24).ends_with("... 803 more bytes\n"));
}
