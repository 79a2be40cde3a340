#include "parsers/gateway/http.hpp"

#include "parsers/credssp/kdc.hpp"
#include "parsers/gateway/base64.hpp"
#include "parsers/gateway/http2.hpp"
#include "parsers/gateway/kdc_proxy.hpp"
#include "parsers/gateway/websocket.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using gateway::HttpReader;
using test::from_hex;

namespace {

const std::string kRequest =
    "RDG_OUT_DATA /remoteDesktopGateway/ HTTP/1.1\r\n"
    "Connection: Upgrade\r\n"
    "upgrade: WebSocket\r\n"
    "RDG-Connection-Id: {ACB07A50-0000-0000-0000-0A808EC87F1E}\r\n"
    "RDG-User-Id: VQBAAGQAAAA=\r\n"  // U@d
    "Host: gw.example\r\n"
    "Authorization: Negotiate TlRMTVNTUAABAAAAl4II4AAAAAAAAAAAAAAAAAAAAAA=\r\n"
    "\r\n";
const std::string kRefusal =
    "HTTP/1.1 401 User Account Restricted\r\n"
    "RDG-Auth-Scheme: SMARTCARD\r\n"
    "WWW-Authenticate: Negotiate\r\n"
    "WWW-Authenticate: Basic realm=\"x\"\r\n"
    "Content-Length: 5\r\n"
    "\r\n";

std::vector<std::byte> bytes_of(std::string_view text) {
    const bytes::View view = bytes::view_of(text);
    return {view.begin(), view.end()};
}

// "head 401", "body <html>", "end", ... for what a reader finds, fed in pieces.
std::vector<std::string> read(std::string_view text, std::size_t piece, HttpReader& reader) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size(); at += piece) {
        reader.feed(bytes::view_of(text.substr(at, piece)), at, [&](const HttpReader::Item& item) {
            if (const auto* h = std::get_if<gateway::HttpHead>(&item))
                out.push_back("head " + (h->request() ? h->method : std::to_string(h->status)));
            if (const auto* b = std::get_if<HttpReader::Body>(&item)) {
                if (out.empty() || out.back().rfind("body ", 0) != 0) out.emplace_back("body ");
                out.back() += bytes::text_of(b->data);
            }
            if (std::holds_alternative<HttpReader::BodyEnd>(item)) out.emplace_back("end");
            if (const auto* r = std::get_if<HttpReader::HandedOver>(&item))
                out.push_back("raw " + std::string{bytes::text_of(r->data)});
            if (const auto* l = std::get_if<HttpReader::Lost>(&item))
                out.push_back("lost " + std::string{l->error.field});
        });
    }
    return out;
}
std::vector<std::string> read(std::string_view text, std::size_t piece = SIZE_MAX) {
    HttpReader reader;
    return read(text, std::min(piece, text.size()), reader);
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("base64 is read with and without padding, and nothing else is") {
    CHECK(bytes::text_of(gateway::parse_base64("YWJjZA==").value()) == "abcd");
    CHECK(bytes::text_of(gateway::parse_base64("YWJjZA").value()) == "abcd");
    CHECK(gateway::parse_base64("")->empty());
    CHECK_FALSE(gateway::parse_base64("YW Jj"));
}

TEST_CASE("a gateway request has its connection id, its user and what its token says") {
    const auto head = gateway::parse_http_head(bytes::view_of(kRequest));
    REQUIRE(head);
    CHECK(head->request());
    CHECK(head->method == "RDG_OUT_DATA");
    CHECK(head->target == "/remoteDesktopGateway/");
    CHECK(head->websocket);
    CHECK(head->host == "gw.example");
    CHECK(head->connectionId == "{ACB07A50-0000-0000-0000-0A808EC87F1E}");
    CHECK(head->userId == "U@d");
    REQUIRE(head->authentications.size() == 1);
    CHECK(head->authentications[0].scheme == "Negotiate");
    REQUIRE(head->authentications[0].token);
    CHECK(std::holds_alternative<credssp::NtlmNegotiate>(head->authentications[0].token->mechanism));
}

TEST_CASE("a refusal has its reason and the schemes it would take") {
    const auto head = gateway::parse_http_head(bytes::view_of(kRefusal));
    REQUIRE(head);
    CHECK_FALSE(head->request());
    CHECK(head->status == 401);
    CHECK(head->reason == "User Account Restricted");
    CHECK(head->rdgAuthScheme == "SMARTCARD");
    CHECK(head->contentLength == 5U);
    REQUIRE(head->authentications.size() == 2);
    CHECK(head->authentications[0].scheme == "Negotiate");
    CHECK_FALSE(head->authentications[0].token);
    CHECK(head->authentications[1].scheme == "Basic");
    CHECK(head->authentications[1].parameterLength == 9);
}

TEST_CASE("an HTTP head that breaks off says where") {
    const auto parse = [](bytes::View view, std::size_t base) { return gateway::parse_http_head(view, base); };
    // The last line break is not missed.
    test::check_cuts(parse, bytes_of(kRequest),
                     {{0, "start-line", 0}, {20, "start-line", 0}, {44, "header", 44}, {60, "header", 60}},
                     {kRequest.size() - 1});
}

TEST_CASE("what is no HTTP/1 head is refused") {
    const char* line = GENERATE("GET / HTTP/2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "\r\n\r\n",
                                "HTTP/1.1 99\r\n\r\n");
    CHECK_FALSE(gateway::parse_http_head(bytes::view_of(line)));
}

TEST_CASE("bodies end where their heads say, however the bytes are cut") {
    const std::size_t piece = GENERATE(1U, 2U, 3U, 7U, 1000U);
    CHECK(read(kRefusal + "12345" + kRefusal + "67890", piece) ==
          Lines{"head 401", "body 12345", "end", "head 401", "body 67890", "end"});
    CHECK(read("RDG_IN_DATA /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nt: "
               "v\r\n\r\n" +
                   kRequest,
               piece) == Lines{"head RDG_IN_DATA", "body abcde", "end", "head RDG_OUT_DATA"});
    CHECK(read("HTTP/1.1 200 OK\r\n\r\nall that comes", piece) == Lines{"head 200", "body all that comes"});
    CHECK(read("HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", piece) ==
          Lines{"head 204", "head 200", "end"});
}

TEST_CASE("after an upgrade what follows is handed over") {
    HttpReader reader;
    CHECK(read("HTTP/1.1 101 Switching Protocols\r\n\r\n", SIZE_MAX - 1, reader) == Lines{"head 101"});
    reader.hand_over();
    CHECK(read("\x82\x01x", SIZE_MAX - 1, reader) == Lines{"raw \x82\x01x"});
}

TEST_CASE("bytes that are no HTTP are said to be lost once") {
    CHECK(read("RDG_IN_DATA /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\nmore") ==
          Lines{"head RDG_IN_DATA", "lost chunk-size"});
    CHECK(read(std::string(gateway::kLargestHead + 1, 'x')) == Lines{"lost header"});
    CHECK(read("x\r\n\r\nmore") == Lines{"lost start-line"});
}

TEST_CASE("a WebSocket frame is unmasked, in pieces of any size") {
    const auto bytes = from_hex(
        "82 85                    # FIN, binary; masked, 5 bytes\n"
        "01 02 03 04              # Masking-key\n"
        "69 67 6f 68 6e           # hello\n"
        "89 00                    # ping\n"
        "02 02 61 62              # binary, 2 bytes, to be continued\n"
        "80 01 63                 # continuation, FIN\n"
        "88 02 03 e8              # close, 1000\n");
    const std::size_t piece = GENERATE(1U, 2U, 5U, 100U);
    gateway::WebSocketReader reader;
    std::string text;
    unsigned status = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        reader.feed(bytes::View{bytes}.subspan(at, std::min(piece, bytes.size() - at)), at, [&](const auto& item) {
            if (const auto* p = std::get_if<gateway::WebSocketReader::Payload>(&item)) text += bytes::text_of(p->data);
            if (const auto* c = std::get_if<gateway::WebSocketReader::Close>(&item)) status = c->statusCode;
        });
    CHECK(text == "helloabc");
    CHECK((status == 1000 || piece == 1));  // a status of two pieces is not put together
}

TEST_CASE("WebSocket lengths have three forms") {
    struct Row {
        const char* head;
        std::uint64_t length;
    };
    const auto row =
        GENERATE(values<Row>({{"82 7d", 125}, {"82 7e 01 00", 256}, {"82 7f 00 00 00 00 00 01 00 00", 65536}}));
    const auto bytes = from_hex(row.head);
    bytes::Cursor in{bytes};
    const auto header = gateway::parse_frame_header(in);
    REQUIRE(header);
    CHECK(header->payloadLength == row.length);
}

TEST_CASE("a WebSocket frame header that breaks off says where") {
    const auto parse = [](bytes::View view, std::size_t base) {
        bytes::Cursor in{view, base};
        return gateway::parse_frame_header(in);
    };
    test::check_cuts(
        parse, from_hex("82 fe 01 00 01 02 03 04"),
        {{0, "opcode", 0}, {1, "Payload len", 1}, {3, "Extended payload length", 2}, {7, "Masking-key", 4}});
}

TEST_CASE("bytes that are no WebSocket frame are said to be lost") {
    gateway::WebSocketReader reader;
    unsigned lost = 0;
    reader.feed(from_hex("f3 01 02"), 0, [&](const auto& item) {
        lost += std::holds_alternative<gateway::WebSocketReader::Lost>(item) ? 1 : 0;
    });
    CHECK(lost == 1);
}

TEST_CASE("the status of an HTTP/2 response is read in each form") {
    struct Row {
        const char* block;
        std::optional<std::uint16_t> status;
    };
    const auto row = GENERATE(values<Row>({
        {"88", 200},
        {"8d", 404},
        {"48 03 35 30 33", 503},  // literal, plain
        {"08 03 34 30 31", 401},  // without indexing
        {"48 82 64 02", 302},     // Huffman
        {"20 88", 200},           // behind a change of the table's size
        {"be", std::nullopt},     // a reference to an earlier header
        {"48 03 35 30", std::nullopt},
        {"", std::nullopt},
    }));
    INFO(row.block);
    CHECK(gateway::parse_status_field(from_hex(row.block)) == row.status);
}

TEST_CASE("an HTTP/2 frame header that breaks off says where") {
    const auto parse = [](bytes::View view, std::size_t base) {
        bytes::Cursor in{view, base};
        return gateway::parse_http2_frame_header(in);
    };
    test::check_cuts(parse, from_hex("00 00 05 00 01 00 00 00 01"),
                     {{2, "Length", 0}, {3, "Type", 3}, {4, "Flags", 4}, {8, "Stream Identifier", 5}});
}

TEST_CASE("an HTTP/2 body is put together from its frames, without padding") {
    const auto bytes = from_hex(
        "00 00 01 01 04 00 00 00 01 88            # HEADERS, stream 1: 200\n"
        "00 00 02 00 00 00 00 00 01 61 62         # DATA\n"
        "00 00 04 00 09 00 00 00 01 02 63 00 00   # DATA, END_STREAM, padded by 2\n");
    const std::size_t piece = GENERATE(1U, 4U, 100U);
    gateway::Http2Reader reader;
    std::string body;
    std::optional<std::uint16_t> status;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        reader.feed(bytes::View{bytes}.subspan(at, std::min(piece, bytes.size() - at)), at, [&](const auto& item) {
            if (const auto* h = std::get_if<gateway::Http2Reader::Headers>(&item)) status = h->status;
            const auto* b = std::get_if<gateway::Http2Reader::Body>(&item);
            if (b && b->end) body = bytes::text_of(b->data);
        });
    CHECK(status == 200);
    CHECK(body == "abc");
}

namespace {

const char* const kKdcProxyError =
    "30 63                       # KDC-PROXY-MESSAGE\n"
    "a0 55 04 53                 # kerb-message\n"
    "00 00 00 4f                 # length 79\n"
    "7e 4d 30 4b                 # KRB-ERROR\n"
    "a0 03 02 01 05              # pvno\n"
    "a1 03 02 01 1e              # msg-type\n"
    "a4 11 18 0f 32 30 32 36 30 31 30 31 31 32 30 30 30 30 5a # stime\n"
    "a5 03 02 01 01              # susec\n"
    "a6 03 02 01 25              # error-code 37 KRB_AP_ERR_SKEW\n"
    "a9 03 1b 01 41              # realm A\n"
    "aa 1d 30 1b a0 03 02 01 02  # sname\n"
    "a1 14 30 12 1b 06 6b 72 62 74 67 74 1b 08 41 2e 45 58 41 4d 50 4c\n"
    "a1 0a 1b 08 41 2e 45 58 41 4d 50 4c # target-domain\n";

}  // namespace

TEST_CASE("a KDC proxy message names its realm and carries a Kerberos error") {
    const auto bytes = from_hex(kKdcProxyError);
    const auto message = gateway::parse_kdc_proxy_message(bytes);
    REQUIRE(message);
    CHECK(message->targetDomain == "A.EXAMPL");
    CHECK(message->tag == 0x7E);
    CHECK(credssp::kdc_message_name(message->tag & 0x1FU) == "KRB-ERROR");
    REQUIRE(message->error);
    CHECK(message->error->errorCode == 37);
    CHECK(message->error->realm == "A");
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        INFO(n);
        CHECK_FALSE(gateway::parse_kdc_proxy_message(bytes::View{bytes}.first(n)));
        CHECK(gateway::begins_kdc_proxy_message(bytes::View{bytes}.first(n)));
    }
}

TEST_CASE("a KDC proxy message is told from other bodies by its first bytes") {
    CHECK_FALSE(gateway::begins_kdc_proxy_message(bytes::view_of("{\"json\": 1}")));
    CHECK_FALSE(gateway::begins_kdc_proxy_message(from_hex("30 10 02 01 01")));
    CHECK_FALSE(gateway::begins_kdc_proxy_message(from_hex("30 10 a0 0e 04 0c 00 00 00 08 41")));
    CHECK(gateway::begins_kdc_proxy_message(from_hex("30 10 a0 0e 04 0c 00 00 00 08 6a")));
}
