#include "parsers/tls/dtls.hpp"

#include "parsers/tls/dtls_messages.hpp"
#include "tests/support/cuts.hpp"

using namespace rdpdx;
using test::from_hex;

namespace {

const auto kRecordHeader = from_hex(R"(
    16                 # type: handshake
    fe fd              # version: DTLS 1.2
    00 01              # epoch
    00 00 00 00 00 02  # sequence_number
    00 30              # length
    )");

const auto kHandshakeHeader = from_hex(R"(
    0b           # msg_type: certificate
    00 03 20     # length
    00 02        # message_seq
    00 01 00     # fragment_offset
    00 00 c8     # fragment_length
    )");

const auto kHelloVerifyRequest = from_hex(R"(
    fe ff              # server_version
    04 c0 0c 1e 55     # cookie
    )");

const auto kClientHello = from_hex(R"(
    fe fd                                            # client_version: DTLS 1.2
    00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  # random
    10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f
    00                                               # session_id
    04 c0 0c 1e 55                                   # cookie
    00 02  c0 2f                                     # cipher_suites
    01 00                                            # compression_methods
    )");

// Parse functions that take a cursor, as check_cuts wants them.
template <class Parse>
auto of_view(Parse parse) {
    return [parse](bytes::View view, std::size_t base) {
        bytes::Cursor in{view, base};
        return parse(in);
    };
}

tls::DtlsHandshakeHeader header(std::uint16_t seq, std::uint32_t length, std::uint32_t offset = 0) {
    return {11, length, seq, offset, 0};
}

const std::vector<std::byte> kText = from_hex("00 01 02 03 04 05 06 07 08 09");
bytes::View text(std::size_t from, std::size_t n) { return bytes::View{kText}.subspan(from, n); }

// What next() gives, in words.
std::string all_of(tls::DtlsMessages& messages) {
    std::string out;
    tls::DtlsMessages::Found found;
    while (messages.next(found)) {
        if (found.lost)
            out += "lost " + std::string{found.lost->field} + " " + std::to_string(found.lost->need) + ";";
        else
            out += std::to_string(*found.message.message_seq) + ":" + bytes::hex(found.message.body) + "@" +
                   std::to_string(found.tag) + ";";
    }
    return out;
}

using Taken = tls::DtlsMessages::Taken;

}  // namespace

TEST_CASE("a DTLS record header gives epoch and number") {
    bytes::Cursor in{kRecordHeader};
    const auto header = tls::parse_dtls_record_header(in);
    REQUIRE(header);
    CHECK(header->type == 22);
    CHECK(header->version == 0xFEFD);
    CHECK(header->epoch == 1);
    CHECK(header->sequence_number == 2);
    CHECK(header->length == 48);
    CHECK(header->number() == 0x0001'0000'0000'0002);
}

TEST_CASE("the headers of DTLS cut after n bytes name the field") {
    test::check_cuts(
        of_view(tls::parse_dtls_record_header), kRecordHeader,
        {{0, "type", 0}, {2, "version", 1}, {4, "epoch", 3}, {10, "sequence_number", 7}, {12, "length", 11}});
    test::check_cuts(of_view(tls::parse_dtls_handshake_header), kHandshakeHeader,
                     {{0, "msg_type", 0},
                      {3, "length", 1},
                      {5, "message_seq", 4},
                      {8, "fragment_offset", 6},
                      {11, "fragment_length", 9}});
    test::check_cuts(tls::parse_hello_verify_request, kHelloVerifyRequest,
                     {{1, "server_version", 0}, {2, "cookie", 2}, {6, "cookie", 3}});
    test::check_cuts(tls::parse_client_hello, kClientHello,
                     {{35, "cookie", 35}, {39, "cookie", 36}, {41, "cipher_suites", 40}});
}

TEST_CASE("a fragment's header says which part of which message it is") {
    bytes::Cursor in{kHandshakeHeader};
    const auto header = tls::parse_dtls_handshake_header(in);
    REQUIRE(header);
    CHECK(header->msg_type == 11);
    CHECK(header->length == 800);
    CHECK(header->message_seq == 2);
    CHECK(header->fragment_offset == 256);
    CHECK(header->fragment_length == 200);
}

TEST_CASE("the cookie of a HelloVerifyRequest comes back in the ClientHello") {
    const auto request = tls::parse_hello_verify_request(kHelloVerifyRequest);
    const auto hello = tls::parse_client_hello(kClientHello);
    REQUIRE(request);
    REQUIRE(hello);
    CHECK(request->server_version == 0xFEFF);
    CHECK(request->cookie == std::vector<std::uint8_t>{0xC0, 0x0C, 0x1E, 0x55});
    CHECK(hello->cookie == request->cookie);
    CHECK(hello->cipher_suites == std::vector<std::uint16_t>{0xC02F});
}

TEST_CASE("only what DTLS 1.0 or 1.2 could have sent looks like a record of it") {
    const auto empty = from_hex("16 fe fd 00 00 00 00 00 00 00 00 00 00");
    CHECK(tls::begins_with_dtls_record(empty));
    CHECK_FALSE(tls::begins_with_dtls_record(kRecordHeader));  // its fragment is missing
    struct Row {
        tls::DtlsRecordHeader header;
        bool plausible;
    };
    const auto row = GENERATE(values<Row>({{{20, 0xFEFF, 0, 0, 1}, true},
                                           {{24, 0xFEFD, 9, 5, 40}, true},
                                           {{19, 0xFEFD, 0, 0, 1}, false},
                                           {{25, 0xFEFD, 0, 0, 1}, false},
                                           {{22, 0x0303, 0, 0, 1}, false},
                                           {{22, 0xFEFC, 0, 0, 1}, false},
                                           {{23, 0xFEFD, 1, 0, 18432}, true},
                                           {{23, 0xFEFD, 1, 0, 18433}, false}}));
    CHECK(tls::plausible(row.header) == row.plausible);
}

TEST_CASE("DTLS uses the keys of the TLS it stands on") {
    CHECK(tls::underlying_version(0xFEFF) == 0x0302);
    CHECK(tls::underlying_version(0xFEFD) == 0x0303);
    CHECK(tls::underlying_version(0xFEFC) == 0xFEFC);
    CHECK(tls::underlying_version(0x0303) == 0x0303);
}

TEST_CASE("fragments in any order, over each other and repeated make one message") {
    tls::DtlsMessages messages;
    CHECK(messages.take(header(0, 10, 6), text(6, 4), 1, false) == Taken::first);
    CHECK(messages.take(header(0, 10, 2), text(2, 2), 2, false) == Taken::another);
    CHECK(messages.take(header(0, 10, 2), text(2, 2), 3, false) == Taken::another);
    CHECK(all_of(messages).empty());
    CHECK(messages.take(header(0, 10, 0), text(0, 8), 4, false) == Taken::another);
    CHECK(all_of(messages) == "0:00010203040506070809@1;");
    CHECK(messages.take(header(0, 10, 0), text(0, 10), 5, false) == Taken::repeated);
    CHECK(all_of(messages).empty());
}

TEST_CASE("a message waits for those before it, an empty one too") {
    tls::DtlsMessages messages;
    CHECK(messages.take(header(2, 0), {}, 7, false) == Taken::first);
    CHECK(messages.take(header(1, 1), text(1, 1), 8, false) == Taken::first);
    CHECK(all_of(messages).empty());
    CHECK(messages.take(header(0, 1), text(0, 1), 9, false) == Taken::first);
    CHECK(all_of(messages) == "0:00@9;1:01@8;2:@7;");
}

TEST_CASE("of messages given up is told what is missing, and the others come") {
    tls::DtlsMessages messages;
    CHECK(messages.take(header(2, 1), text(2, 1), 1, false) == Taken::first);
    CHECK(messages.take(header(3, 10, 4), text(4, 1), 2, false) == Taken::first);
    CHECK(messages.take(header(4, 1), text(4, 1), 3, false) == Taken::first);
    messages.give_up();
    CHECK(all_of(messages) == "lost message_seq 2;2:02@1;lost body 10;4:04@3;");
    CHECK(messages.next_seq() == 5);
    CHECK(messages.take(header(6, 1), text(6, 1), 4, false) == Taken::first);
    CHECK(all_of(messages).empty());
}

TEST_CASE("a fragment that does not fit its message is refused") {
    tls::DtlsMessages messages;
    CHECK(messages.take(header(0, 10), text(0, 2), 1, false) == Taken::first);
    CHECK(messages.take(header(0, 9), text(0, 9), 1, false) == Taken::refused);
    CHECK(messages.take({12, 10, 0, 0, 0}, text(0, 9), 1, false) == Taken::refused);
    CHECK(messages.take(header(0, 10, 9), text(0, 2), 1, false) == Taken::refused);
    CHECK(messages.take(header(0, 10, 11), {}, 1, false) == Taken::refused);
    CHECK(messages.take(header(1, 128 * 1024 + 1), text(0, 2), 1, false) == Taken::refused);
    CHECK(messages.take(header(tls::DtlsMessages::kMostAhead, 1), text(0, 1), 1, false) == Taken::refused);
}

TEST_CASE("what is held is bounded in bytes and in pieces") {
    tls::DtlsMessages messages;
    const std::vector<std::byte> big(100'000);
    CHECK(messages.take(header(1, 100'000), big, 1, false) == Taken::first);
    CHECK(messages.take(header(2, 100'000), big, 1, false) == Taken::first);
    CHECK(messages.take(header(3, 100'000), big, 1, false) == Taken::refused);
    messages.restart();
    std::size_t taken = 0;
    for (std::uint32_t at = 0; at < 10'000; at += 2)
        if (messages.take(header(1, 10'000, at), text(0, 1), 1, false) != Taken::refused) ++taken;
    CHECK(taken == tls::DtlsMessages::kMostPieces);
}
