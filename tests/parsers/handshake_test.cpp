#include "parsers/handshake/handshake.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using handshake::Pdu;
using stream::Side;

namespace {

const char* const kRequest =
    "03 00 00 13              # tpktHeader, length 19\n"
    "0e e0 00 00 00 00 00     # X.224 Connection Request\n"
    "01 00 08 00 03 00 00 00  # RDP_NEG_REQ: SSL, HYBRID\n";
const char* const kConfirm =
    "03 00 00 13              # tpktHeader, length 19\n"
    "0e d0 00 00 12 34 00     # X.224 Connection Confirm\n"
    "02 00 08 00 01 00 00 00  # RDP_NEG_RSP: SSL\n";
const char* const kFailure =
    "03 00 00 13              # tpktHeader, length 19\n"
    "0e d0 00 00 12 34 00     # X.224 Connection Confirm\n"
    "03 00 08 00 05 00 00 00  # RDP_NEG_FAILURE: HYBRID_REQUIRED_BY_SERVER\n";
const char* const kUltimatum = "03 00 00 09 02 f0 80 21 80  # MCS Disconnect Provider Ultimatum\n";
const char* const kAlert = "15 03 03 00 02 02 28  # fatal handshake_failure\n";
const char* const kClientHello =
    "16 03 01 00 2f          # record\n"
    "01 00 00 2b             # ClientHello\n"
    "03 03                   # legacy_version\n"
    "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f # random\n"
    "00                      # session_id\n"
    "00 04 13 01 c0 2f       # cipher_suites\n"
    "01 00                   # compression_methods\n";

struct Part {
    Side from;
    std::vector<std::byte> data;
    std::uint64_t gap{};
};

// "client x224 CR @0 frame 1", one line a PDU.
template <class T>
constexpr const char* kName = "?";
template <>
constexpr const char* kName<x224::ConnectionRequest> = "request";
template <>
constexpr const char* kName<x224::ConnectionConfirm> = "confirm";
template <>
constexpr const char* kName<x224::PreConnectionPdu> = "preconnection";
template <>
constexpr const char* kName<x224::OtherTpdu> = "tpdu";
template <>
constexpr const char* kName<mcs::DomainPdu> = "mcs";
template <>
constexpr const char* kName<mcs::ConnectInitial> = "connect-initial";
template <>
constexpr const char* kName<mcs::ConnectResponse> = "connect-response";
template <>
constexpr const char* kName<handshake::SecurityPdu> = "security";
template <>
constexpr const char* kName<handshake::SharePdu> = "share";
template <>
constexpr const char* kName<credssp::TsRequest> = "ts-request";
template <>
constexpr const char* kName<credssp::EarlyUserAuthorizationResult> = "early-authorization";
template <>
constexpr const char* kName<credssp::RdstlsPdu> = "rdstls";
template <>
constexpr const char* kName<tls::Opening> = "opening";
template <>
constexpr const char* kName<handshake::FastPath> = "fast-path";
template <>
constexpr const char* kName<tls::ClientHello> = "client-hello";
template <>
constexpr const char* kName<tls::ServerHello> = "server-hello";
template <>
constexpr const char* kName<tls::Alert> = "alert";
template <>
constexpr const char* kName<tls::ApplicationData> = "application-data";
template <>
constexpr const char* kName<handshake::Foreign> = "foreign";
template <>
constexpr const char* kName<handshake::Gap> = "gap";
template <>
constexpr const char* kName<handshake::Unparsed> = "unparsed";

// What the reader makes of the parts, each in a frame of its own and handed over in pieces of at most `piece` bytes.
std::vector<std::string> read(const std::vector<Part>& parts, std::size_t piece = SIZE_MAX) {
    std::vector<std::string> out;
    handshake::Reader reader{
        [&](const Pdu& pdu) {
            const std::string name =
                std::visit([](const auto& body) { return std::string{kName<std::decay_t<decltype(body)>>}; }, pdu.body);
            out.push_back((pdu.from == Side::client ? "client " : "server ") + name + " at " +
                          std::to_string(pdu.offset) + " frame " + std::to_string(pdu.mark.frame));
        },
        false};
    std::uint64_t offset[2] = {0, 0}, frame = 0;
    for (const Part& part : parts) {
        ++frame;
        std::uint64_t& at = offset[part.from == Side::server];
        at += part.gap;
        std::uint64_t gap = part.gap;
        for (std::size_t i = 0; i < part.data.size(); i += piece) {
            const std::size_t n = std::min(piece, part.data.size() - i);
            reader.data({part.from, bytes::View{part.data}.subspan(i, n), at, gap, {{}, frame, 0}});
            at += n;
            gap = 0;
        }
    }
    reader.finish();
    return out;
}

Part client(const std::string& hex) { return {Side::client, test::from_hex(hex)}; }
Part server(const std::string& hex) { return {Side::server, test::from_hex(hex)}; }
Part text(Side from, std::string_view words) {
    const auto view = bytes::view_of(words);
    return {from, {view.begin(), view.end()}};
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("negotiation and then TLS are read in the order they came, with the frame each began in") {
    const std::vector<Part> parts{client(kRequest), server(kConfirm), client(kClientHello), server(kAlert)};
    const Lines expected{"client request at 0 frame 1", "server confirm at 0 frame 2",
                         "client client-hello at 19 frame 3", "server alert at 19 frame 4"};
    CHECK(read(parts) == expected);
    SECTION("however the bytes are cut") {
        const auto piece = GENERATE(1U, 2U, 3U, 7U, 18U);
        CHECK(read(parts, piece) == expected);
    }
}

TEST_CASE("PDUs that share a packet are told apart") {
    const std::vector<Part> parts{client(kRequest), server(std::string{kFailure} + kUltimatum)};
    CHECK(read(parts) ==
          Lines{"client request at 0 frame 1", "server confirm at 0 frame 2", "server mcs at 19 frame 2"});
}

TEST_CASE("a PDU that began in an earlier packet carries that packet's number") {
    auto request = test::from_hex(kRequest);
    const std::vector<std::byte> head(request.begin(), request.begin() + 6), tail(request.begin() + 6, request.end());
    CHECK(read({{Side::client, head}, server(""), {Side::client, tail}}) == Lines{"client request at 0 frame 1"});
}

TEST_CASE("TLS without negotiation is read from its first byte") {
    CHECK(read({client(kClientHello), server(kAlert)}) ==
          Lines{"client client-hello at 0 frame 1", "server alert at 0 frame 2"});
}

TEST_CASE("another protocol's answer is named by its first bytes") {
    std::string protocol;
    handshake::Reader reader{[&](const Pdu& pdu) {
                                 if (const auto* foreign = std::get_if<handshake::Foreign>(&pdu.body))
                                     protocol = foreign->protocol;
                             },
                             false};
    struct Row {
        std::string_view bytes, protocol;
    };
    const auto row = GENERATE(values<Row>({{"HTTP/1.1 400 Bad Request\r\n", "HTTP"},
                                           {"SSH-2.0-OpenSSH_9\r\n", "SSH"},
                                           {"RFB 003.008\n", "VNC"},
                                           {"220 mail ready\r\n", "FTP or SMTP"},
                                           {"who knows", ""}}));
    reader.data({Side::server, bytes::view_of(row.bytes), 0, 0, {}});
    CHECK(protocol == row.protocol);
}

TEST_CASE("after another protocol nothing more of that side is read") {
    CHECK(read({client(kRequest), text(Side::server, "HTTP/1.1 400 Bad Request\r\n\r\n"), server(kConfirm)}) ==
          Lines{"client request at 0 frame 1", "server foreign at 0 frame 2"});
}

TEST_CASE("missing bytes are told, and what they cut in two is given up") {
    const auto request = test::from_hex(kRequest);
    std::vector<Part> parts{{Side::client, {request.begin(), request.begin() + 10}},
                            {Side::client, test::from_hex(kUltimatum), 9}};
    CHECK(read(parts) == Lines{"client gap at 10 frame 2", "client mcs at 19 frame 2"});
}

TEST_CASE("TLS that is picked up in the middle of a record is found again") {
    const auto data =
        test::from_hex("aa bb cc dd ee 17 03 03 00 03 01 02 03 17 03 03 00 03 04 05 06 17 03 03 00 03 07 08 09");
    std::vector<std::uint64_t> found;
    handshake::Reader reader{[&](const Pdu& pdu) {
                                 if (std::holds_alternative<tls::ApplicationData>(pdu.body))
                                     found.push_back(pdu.offset);
                             },
                             true};
    reader.data({Side::client, data, 0, 0, {}});
    reader.finish();
    CHECK(found == std::vector<std::uint64_t>{5, 13, 21});
}

TEST_CASE("a PDU that never becomes whole is named at the end") {
    const auto request = test::from_hex(kRequest);
    CHECK(read({{Side::client, {request.begin(), request.begin() + 12}}}) == Lines{"client unparsed at 0 frame 1"});
    CHECK(read({client(std::string{kRequest} + "03 00 00 03")}) ==
          Lines{"client request at 0 frame 1", "client unparsed at 19 frame 1"});
}

TEST_CASE("the first payload says whether a flow is RDP, and who is the client") {
    const auto request = test::from_hex(kRequest), confirm = test::from_hex(kConfirm),
               hello = test::from_hex(kClientHello);
    CHECK(handshake::recognise(request, false).rdp);
    CHECK(handshake::recognise(request, false).from_client);
    CHECK_FALSE(handshake::recognise(hello, false).rdp);
    CHECK(handshake::recognise(hello, true).rdp);
    CHECK(handshake::recognise(confirm, true).rdp);
    CHECK_FALSE(handshake::recognise(confirm, true).from_client);
    CHECK_FALSE(handshake::recognise(bytes::view_of("GET / HTTP/1.1\r\n"), false).rdp);
    // ISO transport for a PLC: source and destination TSAP where RDP has its negotiation.
    const auto s7 = test::from_hex("03 00 00 16 11 e0 00 00 00 01 00 c0 01 0a c1 02 01 00 c2 02 01 02");
    CHECK_FALSE(handshake::recognise(s7, false).rdp);
}
