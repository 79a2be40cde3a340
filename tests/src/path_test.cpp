// What one connection's packets say beyond RDP's bytes, and the causes that rest on it.
#include "tests/support/catch.hpp"
#include "tests/support/two_ends.hpp"

using namespace rdpdx;
using model::Confidence;
using model::Party;
using test::Fate;
using test::TwoEnds;

namespace {

const model::Attempt& only(const model::Report& r) {
    REQUIRE(r.attempts.size() == 1);
    return r.attempts.front();
}
model::Report at_client(const TwoEnds& w) { return test::analyze_captures({TwoEnds::file(w.at_client)}); }
model::Report at_server(const TwoEnds& w) { return test::analyze_captures({TwoEnds::file(w.at_server)}); }
model::Report both(const TwoEnds& w) {
    return test::analyze_captures({TwoEnds::file(w.at_client), TwoEnds::file(w.at_server)});
}
Confidence sureness(const model::Attempt& a, std::string_view cause) {
    if (a.cause && a.cause->id == cause) return a.cause->confidence;
    const auto at = std::ranges::find(a.alternatives, cause, &model::Finding::id);
    return at == a.alternatives.end() ? Confidence::undetermined : at->confidence;
}
const model::Observation* seen(const model::Attempt& a, std::string_view kind) {
    for (const auto& t : a.tracks)
        for (const auto& o : t.seen)
            if (o.kind == kind) return &o;
    return nullptr;
}
void client_leaves(TwoEnds& w, double at, std::uint32_t acknowledgment = 5020) {
    w.send(at, true, {.sequence = 1220, .acknowledgment = acknowledgment, .ack = true, .fin = true});
}

// The server's certificate flight: `size` bytes three times, of which none arrives.
TwoEnds flight_lost(std::size_t size) {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    for (const double at : {0.2, 0.6, 1.4}) w.server_hello(at, Fate::lost, size);
    client_leaves(w, 7);
    return w;
}

}  // namespace

TEST_CASE("large payloads that are never acknowledged, while smaller ones are, limit the size of the path") {
    const auto report = at_server(flight_lost(1448));
    const auto& a = only(report);
    const auto* limit = seen(a, "path.size-limit");
    REQUIRE(limit);
    CHECK(limit->number("smallest_lost") == 1448);
    CHECK(limit->number("largest_passed") == 19);
    CHECK(limit->number("tries") == 3);
    CHECK(limit->string("from") == "server");
    CHECK(limit->basis == model::Basis::inferred);
    CHECK(sureness(a, "mtu-black-hole") == Confidence::possible);
}

TEST_CASE("lost payloads of ordinary size, or large ones that were acknowledged, limit nothing") {
    CHECK_FALSE(seen(only(at_server(flight_lost(400))), "path.size-limit"));
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    for (const double at : {0.2, 0.6}) w.server_hello(at, Fate::lost, 1448);
    w.server_hello(1.4, Fate::arrives, 1448);
    w.send(1.5, true, {.sequence = 1220, .acknowledgment = 6468, .ack = true});
    client_leaves(w, 7, 6468);
    CHECK_FALSE(seen(only(at_server(w)), "path.size-limit"));
    CHECK(sureness(only(both(w)), "mtu-black-hole") == Confidence::undetermined);
}

TEST_CASE("two captures show that only large payloads were lost") {
    TwoEnds w = flight_lost(1448);
    const bool small_passes = GENERATE(true, false);
    w.send(0.21, false, {.sequence = 6468, .acknowledgment = 1220, .ack = true}, test::Bytes(700, std::byte{7}),
           small_passes ? Fate::arrives : Fate::lost);
    const auto report = both(w);
    const auto& a = only(report);
    CHECK(a.ended_by == Party::network);
    const auto* lost = seen(a, "path.lost");
    REQUIRE(lost);
    CHECK(lost->number("only_large") == (small_passes ? 1 : 0));
    CHECK(sureness(a, "mtu-black-hole") == (small_passes ? Confidence::likely : Confidence::possible));
    CHECK(sureness(a, "packet-loss") == Confidence::undetermined);
}

TEST_CASE("packets lost among others that pass are a lossy path; all lost from one moment on are not") {
    const bool lossy = GENERATE(true, false);
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    std::uint32_t sequence = 5020;
    for (int i = 0; i < 12; ++i) {
        const bool lost = lossy ? i % 3 == 0 : i >= 8;
        w.send(0.2 + i * 0.1, false, {.sequence = sequence, .acknowledgment = 1220, .ack = true},
               i == 0 ? TwoEnds::hello(2, 300) : test::Bytes(300, std::byte{0x11}), lost ? Fate::lost : Fate::arrives);
        sequence += 300;
    }
    client_leaves(w, 7, 5020);
    const auto report = both(w);
    const auto& a = only(report);
    const auto* lost = seen(a, "path.lost");
    REQUIRE(lost);
    CHECK(lost->number("packets") == 4);
    CHECK(lost->number("passed_after") == (lossy ? 8 : 0));
    CHECK(sureness(a, "packet-loss") == (lossy ? Confidence::likely : Confidence::undetermined));
}

TEST_CASE("a loss that did not end the attempt is no cause") {
    TwoEnds w;
    w.negotiate();
    for (const double at : {0.1, 0.4, 0.8}) w.client_hello(at, Fate::lost);
    w.client_hello(1.6);
    w.server_hello(1.7);
    w.send(1.8, false, {.sequence = 6220, .acknowledgment = 1220, .ack = true, .rst = true});
    const auto report = both(w);
    const auto& a = only(report);
    CHECK(a.ended_by == Party::server);
    CHECK(sureness(a, "packet-loss") == Confidence::undetermined);
}

TEST_CASE("a reset after which its sender goes on was made on the way, whatever its hop limit says") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.send(0.15, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .rst = true}, {}, Fate::forged, 64);
    const bool went_on = GENERATE(true, false);
    if (went_on) w.server_hello(0.3);
    const auto report = at_client(w);
    const auto& a = only(report);
    CHECK(a.ended_by == (went_on ? Party::network : Party::server));
    CHECK(seen(a, "tcp.reset")->number("went_on") == (went_on ? 1 : 0));
    CHECK(sureness(a, "security-product-reset") == (went_on ? Confidence::likely : Confidence::undetermined));
}

TEST_CASE("a reset from another MAC address alone may have come by a second router") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.send(0.15, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .rst = true});
    for (std::size_t i = 6; i < 12; ++i) w.at_client.back().data.at(i) = std::byte{0xA0};
    const auto report = at_client(w);
    const auto& a = only(report);
    CHECK(seen(a, "tcp.reset")->number("mac_differs") == 1);
    CHECK(a.ended_by == Party::server);
    CHECK(sureness(a, "security-product-reset") == Confidence::undetermined);
}

TEST_CASE("packets sent again that were acknowledged in the end are counted as recovered") {
    TwoEnds w;
    w.negotiate();
    for (const double at : {0.1, 0.4, 0.8, 1.6}) w.client_hello(at, at < 1 ? Fate::lost : Fate::arrives);
    w.send(1.7, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true});
    client_leaves(w, 9);
    const auto report = at_client(w);
    const auto& a = only(report);
    const auto* again = seen(a, "tcp.retransmissions");
    REQUIRE(again);
    CHECK(again->number("recovered") == 3);
    CHECK(again->number("percent") == 50);  // SYN, request, and the hello four times
    CHECK(sureness(a, "packet-loss") == Confidence::possible);
}

TEST_CASE("keep-alives and probes of a closed window are no packets that were lost") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    w.send(0.15, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true});
    const bool closed = GENERATE(false, true);
    // The last byte that was acknowledged, or the next one.
    const std::uint32_t sequence = closed ? 1220 : 1219;
    if (closed) w.send(0.2, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .window = 0});
    for (int i = 0; i < 8; ++i) {
        w.send(1 + i, true, {.sequence = sequence, .acknowledgment = 5020, .ack = true}, test::Bytes(1, std::byte{0}));
        w.send(1.1 + i, false,
               {.sequence = 5020,
                .acknowledgment = 1220,
                .ack = true,
                .window = static_cast<std::uint16_t>(closed ? 0 : 64000)});
    }
    if (closed) w.send(9.2, false, {.sequence = 5020, .acknowledgment = 1221, .ack = true});
    const bool lost = GENERATE(false, true);
    const std::uint32_t next = closed ? 1221 : 1220;
    for (const double at : {10.0, 10.3, 10.9})
        if (lost || at == 10.0)
            w.send(at, true, {.sequence = next, .acknowledgment = 5020, .ack = true, .psh = true},
                   test::Bytes(300, std::byte{9}), lost && at < 10.5 ? Fate::lost : Fate::arrives);
    w.send(11, false, {.sequence = 5020, .acknowledgment = next + 300, .ack = true});
    const auto report = at_client(w);
    const auto* again = seen(only(report), "tcp.retransmissions");
    if (again) CHECK(again->number("recovered") == (lost ? 2 : 0));
    CHECK((again != nullptr) >= lost);
}

TEST_CASE("the tries of a size limit are those of packets that were never acknowledged") {
    TwoEnds w;
    w.negotiate();
    w.client_hello(0.1);
    for (int i = 0; i < 6; ++i)
        w.send(0.2 + i * 0.1, false, {.sequence = 5020, .acknowledgment = 1220, .ack = true, .psh = true},
               TwoEnds::hello(2, 300), i < 5 ? Fate::lost : Fate::arrives);
    w.send(0.9, true, {.sequence = 1220, .acknowledgment = 5320, .ack = true});
    for (const double at : {1.0, 1.4, 2.2})
        w.send(at, false, {.sequence = 5320, .acknowledgment = 1220, .ack = true, .psh = true},
               test::Bytes(1448, std::byte{5}), Fate::lost);
    client_leaves(w, 7, 5320);
    const auto report = at_server(w);
    const auto* limit = seen(only(report), "path.size-limit");
    REQUIRE(limit);
    CHECK(limit->number("smallest_lost") == 1448);
    CHECK(limit->number("largest_passed") == 300);
    CHECK(limit->number("tries") == 3);
}
