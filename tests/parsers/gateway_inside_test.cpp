// The RDP connection inside a gateway's tunnel is the same connection: a sample is sent through tunnels made here.
#include <fstream>

#include "parsers/capture/reader.hpp"
#include "parsers/net/decode.hpp"
#include "src/analysis/analysis.hpp"
#include "src/observe/wire.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gateway.hpp"
#include "tests/support/knowledge.hpp"

using namespace rdpdx;
using stream::Side;
using test::GatewayBytes;
using test::text_bytes;

namespace {

std::string contents(const std::string& name) {
    std::ifstream in{std::string{RDPDX_SOURCE_DIR} + "/samples/" + name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct Piece {
    Side from{};
    GatewayBytes data;
    stream::Mark mark;
};

// The RDP connection of a sample, as a table of streams hands it over.
struct Recorded final : stream::Listener {
    std::vector<Piece> pieces;
    stream::Flow flow;
    Interest first_payload(const stream::Flow&, Side, bytes::View) override { return Interest::follow; }
    void data(const stream::Flow&, const stream::Chunk& c) override {
        pieces.push_back({c.from, {c.data.begin(), c.data.end()}, c.mark});
    }
    void end(const stream::Flow& f) override {
        if (f.server.port == 3389) flow = f;
    }
};

void feed(const std::string& capture, stream::Listener& listener) {
    bytes::MemorySource source{bytes::view_of(capture)};
    const auto reader = capture::open(source, capture::Format::pcapng);
    stream::Table table{listener};
    net::Decoder decoder;
    capture::Packet packet;
    while (reader->next(packet)) {
        const net::Decoded decoded = decoder.decode(packet);
        if (const auto* segment = std::get_if<net::Segment>(&decoded))
            table.add(*segment, {packet.time, packet.number, packet.file_offset});
    }
    table.finish();
}

Recorded recorded(const std::string& name) {
    Recorded out;
    feed(contents(name), out);
    return out;
}

tls::Secrets secrets_of(const std::string& name) {
    tls::Secrets out;
    const std::string text = contents(name);
    out.key_log.add(bytes::view_of(text));
    return out;
}

// One TCP connection to the gateway, spoken into an observer.
class Leg {
public:
    Leg(observe::WireObserver& observer, stream::Flow flow) : observer_{observer}, flow_{std::move(flow)} {
        flow_.server.port = 443;
    }
    void say(Side from, const GatewayBytes& data, const stream::Mark& mark, std::uint64_t gap = 0) {
        if (!std::exchange(begun_, true))
            CHECK(observer_.first_payload(flow_, from, data) == stream::Listener::Interest::follow);
        std::uint64_t& offset = from == Side::client ? client_ : server_;
        offset += gap;
        observer_.data(flow_, {from, data, offset, gap, mark});
        offset += data.size();
        flow_.half(from).payload_bytes += data.size();
    }
    void end() { observer_.end(flow_); }
    stream::Flow& flow() { return flow_; }

private:
    observe::WireObserver& observer_;
    stream::Flow flow_;
    bool begun_{};
    std::uint64_t client_{}, server_{};
};

constexpr std::size_t kMostInAPacket = 16'000;

template <class Say>
void split(const GatewayBytes& data, Say say) {
    for (std::size_t at = 0; at < data.size(); at += kMostInAPacket)
        say(test::data_packet(bytes::View{data}.subspan(at, std::min(kMostInAPacket, data.size() - at))));
}

void through_websocket(observe::WireObserver& observer, const Recorded& sample) {
    Leg leg{observer, sample.flow};
    const stream::Mark first = sample.flow.first;
    leg.say(Side::client, test::websocket_request(), first);
    leg.say(Side::server, test::switching(), first);
    leg.say(Side::client, test::frame(test::channel_create("host.example", 3389), true), first);
    leg.say(Side::server, test::frame(test::channel_response(0), false), first);
    for (const Piece& p : sample.pieces)
        split(p.data, [&](const GatewayBytes& packet) {
            leg.say(p.from, test::frame(packet, p.from == Side::client), p.mark);
        });
    leg.end();
}

void through_http(observe::WireObserver& observer, const Recorded& sample) {
    Leg out{observer, sample.flow}, in{observer, sample.flow};
    ++in.flow().id;
    ++in.flow().client.port;
    const stream::Mark first = sample.flow.first;
    out.say(Side::client, text_bytes("RDG_OUT_DATA / HTTP/1.1\r\n" + test::kConnectionId + "\r\n"), first);
    out.say(Side::server, text_bytes("HTTP/1.1 200 OK\r\n\r\n0123456789"), first);
    in.say(Side::client,
           text_bytes("RDG_IN_DATA / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + test::kConnectionId + "\r\n"),
           first);
    in.say(Side::client, test::chunk(test::channel_create("192.0.2.44", 3390)), first);
    out.say(Side::server, test::channel_response(0), first);
    for (const Piece& p : sample.pieces)
        split(p.data, [&](const GatewayBytes& packet) {
            if (p.from == Side::client)
                in.say(p.from, test::chunk(packet), p.mark);
            else
                out.say(p.from, packet, p.mark);
        });
    in.end();
    out.end();
}

bool of_rdp(const model::Observation& o) { return !o.kind.starts_with("gateway.") && !o.kind.starts_with("tcp."); }

std::vector<std::string> rdp_of(const model::Track& track) {
    std::vector<std::string> out;
    for (const auto& o : track.seen)
        if (of_rdp(o))
            out.push_back(std::to_string(o.evidence.number) + " " + std::string{o.kind} + " " + o.text.str());
    return out;
}

model::Report report_of(std::vector<model::Track> tracks) {
    static const auto knowledge = test::shipped_knowledge();
    analysis::Reading reading;
    reading.tracks = std::move(tracks);
    std::vector<analysis::Reading> readings;
    readings.push_back(std::move(reading));
    return analysis::analyze(std::move(readings), knowledge, {}, "test");
}

std::vector<std::byte> refusal(const char* text) { return text_bytes(text); }

}  // namespace

TEST_CASE("what a tunnel carries is read as if there were no gateway, with its secrets too") {
    const std::string name = GENERATE("ok-nla-shadow", "ok-tls13-xrdp", "nla-error-logon-failure");
    const Recorded sample = recorded(name + ".pcapng");
    const tls::Secrets secrets = secrets_of(name + ".keys");
    observe::WireObserver direct{0, model::Precision::micro, {3389}, &secrets};
    feed(contents(name + ".pcapng"), direct);
    const auto expected = direct.take({});
    REQUIRE(expected.size() == 1);

    const bool websocket = GENERATE(true, false);
    observe::WireObserver observer{0, model::Precision::micro, {3389}, &secrets};
    websocket ? through_websocket(observer, sample) : through_http(observer, sample);
    const auto tracks = observer.take({});
    REQUIRE(tracks.size() == 1);
    CHECK(rdp_of(tracks[0]) == rdp_of(expected[0]));
    CHECK(tracks[0].user == expected[0].user);
    CHECK(tracks[0].wire->gateway);
    CHECK(tracks[0].server.name == (websocket ? "host.example" : ""));
    CHECK(tracks[0].server.address == (websocket ? "" : "192.0.2.44"));
    CHECK(tracks[0].server.port == (websocket ? 3389 : 3390));

    const auto report = report_of(tracks);
    REQUIRE(report.attempts.size() == 1);
    const auto direct_report = report_of(expected);
    CHECK(report.attempts[0].outcome == direct_report.attempts[0].outcome);
    CHECK(report.attempts[0].stage == direct_report.attempts[0].stage);
    CHECK(report.attempts[0].stages[2].status == model::StageStatus::passed);
    CHECK(direct_report.attempts[0].stages[2].status == model::StageStatus::skipped);
}

TEST_CASE("a gateway that refuses is the failing stage, with its code") {
    struct Row {
        const char* what;
        std::uint32_t code;
        const char* name;
        const char* confidence;
    };
    const auto row = GENERATE(values<Row>({{"policy", 0x800759DA, "E_PROXY_RAP_ACCESSDENIED", "confirmed"},
                                           {"without a facility", 0x59DD, "E_PROXY_TS_CONNECTFAILED", "confirmed"},
                                           {"no name", 0x80079999, "", "likely"}}));
    INFO(row.what);
    const Recorded sample = recorded("ok-nla-shadow.pcapng");
    observe::WireObserver observer{0, model::Precision::micro, {3389}};
    Leg leg{observer, sample.flow};
    const stream::Mark mark = sample.flow.first;
    leg.say(Side::client, test::websocket_request(), mark);
    leg.say(Side::server, test::switching(), mark);
    leg.say(Side::client, test::frame(test::channel_create("host.example", 3389), true), mark);
    leg.say(Side::server, test::frame(test::channel_response(row.code), false), mark);
    leg.end();
    const auto report = report_of(observer.take({}));
    REQUIRE(report.attempts.size() == 1);
    const model::Attempt& a = report.attempts[0];
    CHECK(a.outcome == model::Outcome::failed);
    CHECK(a.stage == model::Stage::rd_gateway);
    CHECK(a.basis == model::Basis::observed);
    CHECK(a.ended_by == model::Party::server);
    CHECK(a.server.name == "host.example");
    REQUIRE(a.codes.size() == 1);
    CHECK(a.codes[0].name == "gateway_error");
    CHECK(std::get<std::string>(a.codes[0].value) ==
          (row.code > 0xFFFF ? row.code == 0x80079999 ? "0x80079999" : "0x800759DA" : "0x000059DD"));
    REQUIRE(a.cause);
    CHECK(a.cause->id == "gateway-failure");
    CHECK(model::id(a.cause->confidence) == row.confidence);
}

TEST_CASE("an HTTP refusal fails only where nothing better came after it") {
    const Recorded sample = recorded("ok-nla-shadow.pcapng");
    const bool granted = GENERATE(true, false);
    observe::WireObserver observer{0, model::Precision::micro, {3389}};
    Leg leg{observer, sample.flow};
    const stream::Mark mark = sample.flow.first;
    leg.say(Side::client, test::websocket_request(), mark);
    leg.say(Side::server, refusal("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"), mark);
    if (granted) {
        leg.say(Side::client, test::websocket_request(), mark);
        leg.say(Side::server, test::switching(), mark);
    }
    leg.end();
    const auto report = report_of(observer.take({}));
    REQUIRE(report.attempts.size() == 1);
    const model::Attempt& a = report.attempts[0];
    CHECK(a.stage == model::Stage::rd_gateway);
    CHECK(a.server.name == "gw.example");
    CHECK(a.server.port == 443);
    CHECK(a.codes.empty() == granted);
    if (!granted) {
        CHECK(a.codes[0].name == "http_status");
        CHECK(std::get<std::int64_t>(a.codes[0].value) == 401);
    }
}

TEST_CASE("after a gap the connection inside goes on where its TLS does") {
    const Recorded sample = recorded("ok-nla-shadow.pcapng");
    const tls::Secrets secrets = secrets_of("ok-nla-shadow.keys");
    observe::WireObserver observer{0, model::Precision::micro, {3389}, &secrets};
    Leg leg{observer, sample.flow};
    const stream::Mark first = sample.flow.first;
    leg.say(Side::client, test::websocket_request(), first);
    leg.say(Side::server, test::switching(), first);
    leg.say(Side::client, test::frame(test::channel_create("host.example", 3389), true), first);
    leg.say(Side::server, test::frame(test::channel_response(0), false), first);
    std::size_t n = 0;
    for (const Piece& p : sample.pieces) {
        const bool lost = ++n == sample.pieces.size() / 2;
        split(p.data, [&](const GatewayBytes& packet) {
            const auto framed = test::frame(packet, p.from == Side::client);
            if (lost) return leg.say(p.from, text_bytes("?"), p.mark, framed.size());
            leg.say(p.from, framed, p.mark);
        });
    }
    leg.end();
    const auto tracks = observer.take({});
    REQUIRE(tracks.size() == 1);
    const auto gap = std::ranges::find(tracks[0].seen, std::string_view{"stream.gap"}, &model::Observation::kind);
    REQUIRE(gap != tracks[0].seen.end());
    CHECK_FALSE(gap->field("bytes"));
    CHECK(gap->text.find("through the tunnel") != std::string::npos);
}

TEST_CASE("a KDC proxy belongs to the connection that it was asked for, or stands alone") {
    const Recorded sample = recorded("ok-nla-shadow.pcapng");
    const bool tunnel = GENERATE(true, false);
    observe::WireObserver observer{0, model::Precision::micro, {3389}};
    Leg kdc{observer, sample.flow};
    kdc.flow().id = 77;
    ++kdc.flow().client.port;
    const stream::Mark first = sample.flow.first;
    kdc.say(Side::client,
            test::joined({text_bytes("POST /KdcProxy HTTP/1.1\r\nContent-Length: 13\r\n\r\n"),
                          test::from_hex("30 0b a0 09 04 07 00 00 00 03 6a 01 30")}),
            first);
    kdc.say(Side::server, refusal("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"), first);
    kdc.end();
    if (tunnel) through_websocket(observer, sample);
    const auto tracks = observer.take({});
    REQUIRE(tracks.size() == 1);
    const auto count = std::ranges::count(tracks[0].seen, std::string_view{"kdc-proxy"}, &model::Observation::kind);
    CHECK(count == 3);
    const auto report = report_of(tracks);
    CHECK((report.attempts[0].stage == model::Stage::rd_gateway) == !tunnel);
}

TEST_CASE("HTTPS that is no gateway leaves no trace") {
    const tls::Secrets secrets = secrets_of("ok-nla-shadow.keys");
    observe::WireObserver observer{0, model::Precision::micro, {3389}, &secrets};
    stream::Flow flow;
    flow.id = 1;
    flow.server.port = 443;
    const auto request = text_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(observer.first_payload(flow, Side::client, request) == stream::Listener::Interest::none);
    observer.end(flow);
    CHECK(observer.take({}).empty());
}
