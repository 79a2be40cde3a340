#include "parsers/gateway/reader.hpp"

#include "parsers/bytes/overload.hpp"
#include "parsers/credssp/kdc.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gateway.hpp"

using namespace rdpdx;
using gateway::Role;
using stream::Side;
using test::from_hex;
using test::GatewayBytes;
using test::text_bytes;

namespace {

using Lines = std::vector<std::string>;

struct Part {
    Side from;
    GatewayBytes data;
    std::uint64_t gap{};
};

std::string line_of(const gateway::Item& item) {
    const std::string who = item.from == Side::client ? "client " : "server ";
    return who +
           std::visit(bytes::Overload{
                          [](const gateway::HttpHead& h) { return h.request() ? h.method : std::to_string(h.status); },
                          [](const gateway::Packet& p) {
                              const auto* data = std::get_if<gateway::Data>(&p.body);
                              return data ? "data " + std::string{bytes::text_of(data->data)}
                                          : std::string{gateway::packet_name(p.header.packetType)};
                          },
                          [](const gateway::KdcStatus& s) { return "kdc " + std::to_string(s.status); },
                          [](const gateway::KdcMessage& m) {
                              return "kdc " + std::string{credssp::kdc_message_name(m.message.tag & 0x1FU)};
                          },
                          [](const gateway::Gap&) { return std::string{"gap"}; },
                          [](const gateway::Unparsed& u) { return "unparsed " + u.what; },
                      },
                      item.body) +
           " #" + std::to_string(item.mark.frame);
}

struct Result {
    Lines lines;
    Role role{};
};

// Each part is a packet, numbered from 1, or several where `piece` is smaller; the frame stays that of the part.
Result read(const std::vector<Part>& parts, std::size_t piece = SIZE_MAX) {
    Result out;
    gateway::Reader reader{[&](const gateway::Item& item) { out.lines.push_back(line_of(item)); }, {}};
    std::uint64_t offsets[2]{}, frame = 0;
    for (const Part& p : parts) {
        ++frame;
        std::uint64_t gap = p.gap;
        std::uint64_t& offset = offsets[p.from == Side::client ? 0 : 1];
        offset += gap;
        for (std::size_t at = 0; at < p.data.size(); at += std::min(piece, p.data.size() - at)) {
            const bytes::View view = bytes::View{p.data}.subspan(at, std::min(piece, p.data.size() - at));
            reader.data({p.from, view, offset, std::exchange(gap, 0), {{}, frame, 0}});
            offset += view.size();
        }
    }
    out.role = reader.role();
    return out;
}

Part client(GatewayBytes data, std::uint64_t gap = 0) { return {Side::client, std::move(data), gap}; }
Part server(GatewayBytes data, std::uint64_t gap = 0) { return {Side::server, std::move(data), gap}; }
GatewayBytes masked(const GatewayBytes& packet) { return test::frame(packet, true); }
GatewayBytes plain(const GatewayBytes& packet) { return test::frame(packet, false); }
GatewayBytes data(std::string_view text) { return test::data_packet(bytes::view_of(text)); }

const GatewayBytes kHandshakeResponse = test::packet(0x2, from_hex("00 00 00 00 01 00 00 00 00 00"));

std::vector<Part> websocket() {
    return {client(test::websocket_request()),
            server(test::switching()),
            client(masked(test::packet(0x1, from_hex("01 00 00 00 00 00")))),
            server(plain(kHandshakeResponse)),
            client(masked(test::channel_create("pc", 3389))),
            server(plain(test::channel_response(0))),
            client(masked(data("hello"))),
            server(test::joined({plain(data("to you")), plain(data("too"))}))};
}

}  // namespace

TEST_CASE("a tunnel over WebSocket is read in both directions, however it is cut") {
    const std::size_t piece = GENERATE(SIZE_MAX, 1U, 3U, 50U);
    const Result result = read(websocket(), piece);
    CHECK(result.role == Role::tunnel);
    CHECK(result.lines == Lines{"client RDG_OUT_DATA #1", "server 101 #2", "client PKT_TYPE_HANDSHAKE_REQUEST #3",
                                "server PKT_TYPE_HANDSHAKE_RESPONSE #4", "client PKT_TYPE_CHANNEL_CREATE #5",
                                "server PKT_TYPE_CHANNEL_RESPONSE #6", "client data hello #7", "server data to you #8",
                                "server data too #8"});
}

TEST_CASE("a response over HTTP begins with bytes that mean nothing") {
    const std::size_t piece = GENERATE(SIZE_MAX, 1U, 5U);
    const Result result =
        read({client(text_bytes("RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1\r\n" + test::kConnectionId + "\r\n")),
              server(text_bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
              server(test::chunk(from_hex("de ad be ef 00 11 22 33 44 55"))), server(test::chunk(kHandshakeResponse)),
              server(test::chunk(data("picture")))},
             piece);
    CHECK(result.lines == Lines{"client RDG_OUT_DATA #1", "server 200 #2", "server PKT_TYPE_HANDSHAKE_RESPONSE #4",
                                "server data picture #5"});
}

TEST_CASE("a request over HTTP carries the client's packets in its chunks") {
    const std::size_t piece = GENERATE(SIZE_MAX, 1U, 5U);
    const Result result =
        read({client(text_bytes("RDG_IN_DATA /remoteDesktopGateway/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")),
              server(text_bytes("HTTP/1.1 200 OK\r\n\r\n")),
              client(test::joined({test::chunk(test::packet(0xD)), test::chunk(data("mouse"))}))},
             piece);
    CHECK(result.lines ==
          Lines{"client RDG_IN_DATA #1", "server 200 #2", "client PKT_TYPE_KEEPALIVE #3", "client data mouse #3"});
}

TEST_CASE("a refusal with a page for people is a head and nothing else") {
    const Result result = read({client(test::websocket_request()),
                                server(text_bytes("HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\n<html>")),
                                client(test::websocket_request()),
                                server(text_bytes("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))});
    CHECK(result.lines == Lines{"client RDG_OUT_DATA #1", "server 401 #2", "client RDG_OUT_DATA #3", "server 403 #4"});
}

TEST_CASE("RPC over HTTP is a gateway's behind port 3388 only") {
    CHECK(read({client(text_bytes("RPC_OUT_DATA /rpc/rpcproxy.dll?localhost:3388 HTTP/1.1\r\n\r\n"))}).role ==
          Role::rpc);
    CHECK(read({client(text_bytes("RPC_IN_DATA /rpc/rpcproxy.dll?mail:6001 HTTP/1.1\r\n\r\n"))}).role == Role::other);
}

TEST_CASE("of what is no gateway nothing is handed on") {
    const char* first = GENERATE("GET / HTTP/1.1\r\n\r\n", "POST /kdc HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\n\r\n", "\x01\x02\x03\r\n\r\n", "RDG_OUT_DATA x HTTP/2\r\n\r\n");
    const Result result = read({client(text_bytes(first)), server(text_bytes("HTTP/1.1 200 OK\r\n\r\nbody"))});
    CHECK(result.role == Role::other);
    CHECK(result.lines.empty());
}

TEST_CASE("a KDC proxy is read over HTTP/1.1 and over HTTP/2") {
    const GatewayBytes message = from_hex("30 0b a0 09 04 07 00 00 00 03 6a 01 30");
    const Result first =
        read({client(test::joined({text_bytes("POST /KdcProxy HTTP/1.1\r\nContent-Length: 13\r\n\r\n"), message})),
              server(text_bytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nsorr"))});
    CHECK(first.role == Role::kdc_proxy);
    CHECK(first.lines == Lines{"client POST #1", "client kdc AS-REQ #1", "server 503 #2"});
    const Result second = read(
        {server(from_hex("00 00 00 04 00 00 00 00 00  # SETTINGS\n")),
         client(test::joined({text_bytes(gateway::kHttp2Preface), from_hex("00 00 01 01 04 00 00 00 01 83 # HEADERS\n"),
                              from_hex("00 00 0d 00 01 00 00 00 01 # DATA\n"), message})),
         server(from_hex("00 00 01 01 05 00 00 00 01 8e # HEADERS 500\n"))},
        GENERATE(SIZE_MAX, 1U, 9U));
    CHECK(second.role == Role::kdc_proxy);
    CHECK(second.lines == Lines{"client kdc AS-REQ #2", "server kdc 500 #3"});
}

TEST_CASE("HTTP/2 that asks no KDC proxy is no gateway") {
    const Result result = read(
        {client(test::joined({text_bytes(gateway::kHttp2Preface), from_hex("00 00 01 01 05 00 00 00 01 82 # GET\n")})),
         server(from_hex("00 00 01 01 05 00 00 00 01 88"))});
    CHECK(result.role == Role::other);
    CHECK(result.lines.empty());
}

TEST_CASE("after a gap the tunnel is picked up again where a packet begins") {
    auto parts = websocket();
    parts.push_back(server(from_hex("99 98 97"), 1000));
    parts.push_back(server(plain(data("again"))));
    parts.push_back(client(masked(data("there")), 5));
    const Result result = read(parts);
    REQUIRE(result.lines.size() == 13);
    CHECK(Lines(result.lines.begin() + 9, result.lines.end()) ==
          Lines{"server gap #9", "server data again #10", "client gap #11", "client data there #11"});
}

TEST_CASE("a packet with a length that cannot be is said once, and later ones are read") {
    auto parts = websocket();
    parts.push_back(server(plain(from_hex("0a 00 00 00 02 00 00 00"))));
    parts.push_back(server(plain(from_hex("0a 00 00 00 02 00 00 00"))));
    parts.push_back(server(plain(data("fine"))));
    const Result result = read(parts);
    REQUIRE(result.lines.size() == 11);
    CHECK(Lines(result.lines.begin() + 9, result.lines.end()) ==
          Lines{"server unparsed a gateway packet #9", "server data fine #11"});
}

TEST_CASE("a flow may be a gateway's by its first request, or where a secret opens it") {
    CHECK(gateway::recognise(test::websocket_request(), nullptr));
    CHECK(gateway::recognise(text_bytes("POST /KdcProxy/ HTTP/1.1\r\n"), nullptr));
    CHECK_FALSE(gateway::recognise(text_bytes("GET /remoteDesktopGateway/ HTTP/1.1\r\n"), nullptr));
    CHECK_FALSE(gateway::recognise({}, nullptr));
    const auto hello = from_hex(
        "16 03 01 00 2f 01 00 00 2b 03 03\n"
        "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f # random\n");
    tls::Secrets secrets;
    CHECK_FALSE(gateway::recognise(hello, nullptr));
    CHECK_FALSE(gateway::recognise(hello, &secrets));
    secrets.key_log.add(
        bytes::view_of("CLIENT_RANDOM "
                       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
                       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                       "202122232425262728292a2b2c2d2e2f\n"));
    CHECK(gateway::recognise(hello, &secrets));
}
