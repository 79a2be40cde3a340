#include "tests/support/catch.hpp"
#include "tests/support/dtls.hpp"

using namespace rdpdx;
using test::be;
using test::Bytes;
using test::dtls_fragment;
using test::dtls_message;
using test::dtls_record;
using test::DtlsTalk;
using test::operator+;

namespace {

constexpr auto kClient = tls::Side::client, kServer = tls::Side::server;

// A reader and what it said so far: "c1 message-1/40; " is the client's, of the datagram with tag 1.
struct Read {
    explicit Read(const std::string& key_log = {}) {
        secrets.key_log.add(bytes::view_of(key_log));
        reader.emplace(&secrets, &sessions);
    }
    std::string operator()(tls::Side from, const Bytes& datagram) {
        said.clear();
        reader->datagram(from, datagram, sink());
        return said;
    }
    std::string finish() {
        said.clear();
        reader->finish(sink());
        return said;
    }
    tls::DtlsReader::Sink sink() {
        return [this](tls::Side side, const tls::DtlsReader::Item& item, std::uint64_t tag) {
            said += fmt::format("{}{} {}; ", side == kClient ? 'c' : 's', tag, test::name_of(item));
        };
    }
    tls::Secrets secrets;
    tls::SessionCache sessions;
    std::optional<tls::DtlsReader> reader;
    std::string said;
};

const Bytes kCookie = be(0xC00C1E55, 4), kVerify = be(0xFEFF04, 3) + kCookie, kBody(300, std::byte{9});

Bytes hello(const DtlsTalk& talk, std::uint16_t seq, std::uint64_t number, const Bytes& cookie = {}) {
    return dtls_record(22, dtls_message(1, seq, talk.client_hello(cookie)), number);
}

}  // namespace

TEST_CASE("a DTLS handshake is read from first hello to opened data") {
    DtlsTalk talk;
    Read read{talk.key_log()};
    CHECK(read(kClient, hello(talk, 0, 0)) == "c0 message-1/42; ");
    CHECK(read(kServer, dtls_record(22, dtls_message(3, 0, kVerify), 0)) == "s1 message-3/7; ");
    CHECK(read(kClient, hello(talk, 1, 1, kCookie)) == "c2 message-1/46; ");
    CHECK(read(kServer, dtls_record(22, dtls_message(2, 1, talk.server_hello()) + dtls_message(11, 2, kBody), 1) +
                            dtls_record(22, dtls_message(14, 3, {}), 2)) ==
          "s3 message-2/38; s3 message-11/300; s3 message-14/0; ");
    CHECK(read(kClient, dtls_record(22, dtls_message(16, 2, kBody), 2) + dtls_record(20, be(1, 1), 3) +
                            talk.sealed(kClient, 22, dtls_message(20, 3, Bytes(12)), 0)) ==
          "c4 message-16/300; c4 spec; c4 (handshake); c4 opening-0; c4 message-20/12!; ");
    CHECK(read(kServer, talk.sealed(kServer, 23, be(0xABCD, 2), 0)) == "s5 (data); s5 opening-0; s5 data-abcd; ");
    CHECK(read(kServer, talk.sealed(kServer, 21, be(0x0100, 2), 1)) == "s6 (alert); s6 alert-0!; ");
    CHECK(read.reader->negotiated().cipher_suite == 0xC02F);
    CHECK(read.finish().empty());
}

TEST_CASE("DTLS without secrets says what is encrypted, each record once") {
    DtlsTalk talk;
    Read read;
    CHECK(read(kClient, hello(talk, 0, 0)) == "c0 message-1/42; ");
    const Bytes data = talk.sealed(kClient, 23, be(1, 1), 5);
    CHECK(read(kClient, data) == "c1 (data); ");
    CHECK(read(kClient, data).empty());
    CHECK(read(kClient, talk.sealed(kClient, 22, be(1, 1), 4)) == "c3 (handshake); ");
    CHECK(read(kClient, talk.sealed(kClient, 20, be(1, 1), 6)) == "c4 spec; ");
    CHECK(read(kClient, talk.sealed(kClient, 21, be(1, 1), 5000)) == "c5 (alert); ");
    CHECK(read(kClient, data) == "c6 (data); ");  // too far behind to be remembered
}

TEST_CASE("what is sent again comes once, what is late comes in its place") {
    DtlsTalk talk;
    Read read;
    const Bytes server_hello = dtls_record(22, dtls_message(2, 0, talk.server_hello()), 0);
    const auto part = [](std::size_t offset, std::size_t n, std::uint64_t number) {
        return dtls_record(22, dtls_fragment(11, 1, kBody, offset, n), number);
    };
    CHECK(read(kClient, hello(talk, 0, 0)) == "c0 message-1/42; ");
    CHECK(read(kClient, hello(talk, 0, 1)).empty());
    CHECK(read(kServer, part(200, 100, 3)).empty());
    CHECK(read(kServer, server_hello) == "s3 message-2/38; ");
    CHECK(read(kServer, part(0, 150, 1)).empty());
    CHECK(read(kServer, part(100, 100, 2)) == "s2 message-11/300; ");
    CHECK(read(kServer, part(0, 300, 9)).empty());
    CHECK(read(kServer, server_hello).empty());
    CHECK(read(kServer, dtls_record(20, be(1, 1), 10)) == "s8 spec; ");
    CHECK(read(kServer, dtls_record(20, be(1, 1), 11)).empty());
    CHECK(read(kServer, dtls_record(21, be(0x0228, 2), 12)) == "s10 alert-40; ");
    CHECK(read(kServer, dtls_record(21, be(0x0228, 2), 12)).empty());
}

TEST_CASE("an answer shows that what is missing was lost to the capture alone") {
    DtlsTalk talk;
    Read read;
    CHECK(read(kClient, hello(talk, 0, 0)) == "c0 message-1/42; ");
    CHECK(read(kServer, dtls_record(22, dtls_message(14, 3, {}), 3)).empty());
    CHECK(read(kServer, dtls_record(22, dtls_fragment(11, 1, kBody, 0, 100), 1)).empty());
    SECTION("a message of the other side") {
        CHECK(read(kClient, dtls_record(22, dtls_message(16, 1, {}), 1)) ==
              "s2 unparsed-message_seq; s2 unparsed-body; s1 unparsed-message_seq; s1 message-14/0; c3 message-16/0; ");
    }
    SECTION("its new keys") {
        CHECK(read(kClient, talk.sealed(kClient, 22, be(1, 1), 0)) ==
              "s2 unparsed-message_seq; s2 unparsed-body; s1 unparsed-message_seq; s1 message-14/0; c3 (handshake); ");
    }
    SECTION("the end") {
        CHECK(read.finish() == "s2 unparsed-message_seq; s2 unparsed-body; s1 unparsed-message_seq; s1 message-14/0; ");
    }
}

TEST_CASE("records of DTLS open whatever was lost, late or forged between them") {
    const auto suite =
        GENERATE(std::uint16_t{0xC02F}, std::uint16_t{0xCCA8}, std::uint16_t{0x002F}, std::uint16_t{0x0002});
    DtlsTalk talk{1, suite};
    Read read{talk.key_log()};
    read(kClient, hello(talk, 0, 0));
    read(kServer, dtls_record(22, dtls_message(2, 0, talk.server_hello()), 0));
    CHECK(read(kClient, talk.sealed(kClient, 23, be(1, 1), 70)) == "c2 (data); c2 opening-0; c2 data-01; ");
    CHECK(read(kClient, talk.sealed(kClient, 23, be(2, 1), 9)) == "c3 (data); c3 data-02; ");
    Bytes forged = talk.sealed(kClient, 23, be(3, 1), 100'000);
    forged.back() ^= std::byte{1};
    CHECK(read(kClient, forged) == "c4 (data); c4 opening-1; ");
    CHECK(read(kClient, forged) == "c5 (data); ");
    CHECK(read(kClient, talk.sealed(kClient, 23, be(3, 1), 100'000)) == "c6 (data); c6 data-03; ");
    CHECK(read(kClient, talk.sealed(kClient, 23, be(3, 1), 100'000)).empty());
    read.reader->open_only(2);
    CHECK(read(kClient, talk.sealed(kClient, 23, be(3, 1), 100'001)) == "c8 (data); ");
}

TEST_CASE("secrets that do not open a DTLS association say why, once") {
    DtlsTalk talk;
    const DtlsTalk other{9};
    Read read{other.key_log()};
    SECTION("of another association") {
        read(kClient, hello(talk, 0, 0));
        read(kServer, dtls_record(22, dtls_message(2, 0, talk.server_hello()), 0));
        CHECK(read(kServer, talk.sealed(kServer, 23, be(1, 1), 0)) == "s2 (data); s2 opening-3; ");
        CHECK(read(kServer, talk.sealed(kServer, 23, be(1, 1), 1)) == "s3 (data); ");
    }
    SECTION("without the hellos") {
        CHECK(read(kServer, talk.sealed(kServer, 23, be(1, 1), 0)) == "s0 (data); s0 opening-2; ");
    }
}

TEST_CASE("a hello with another random begins another association") {
    DtlsTalk first, second{50};
    Read read{first.key_log() + second.key_log()};
    for (DtlsTalk* talk : {&first, &second}) {
        INFO("random " << int{talk->negotiated.client_random[0]});
        CHECK(read(kClient, hello(*talk, 0, 0)).ends_with("message-1/42; "));
        CHECK(read(kServer, dtls_record(22, dtls_message(2, 0, talk->server_hello()), 0)).ends_with("message-2/38; "));
        CHECK(read(kClient, dtls_record(22, dtls_message(16, 1, {}), 1)).ends_with("message-16/0; "));
        CHECK(read(kClient, talk->sealed(kClient, 23, be(0x77, 1), 0)).ends_with("data-77; "));
    }
}

TEST_CASE("a renegotiation under the old keys leads to new ones") {
    DtlsTalk first, second{50};
    Read read{first.key_log() + second.key_log()};
    read(kClient, hello(first, 0, 0));
    read(kServer,
         dtls_record(22, dtls_message(2, 0, first.server_hello()), 0) + dtls_record(22, dtls_message(14, 1, {}), 1));
    const bool requested = GENERATE(true, false);
    if (requested)
        CHECK(read(kServer, first.sealed(kServer, 22, dtls_message(0, 0, {}), 0)).ends_with("message-0/0!; "));
    CHECK(read(kClient, first.sealed(kClient, 22, dtls_message(1, 0, second.client_hello()), 1))
              .ends_with("message-1/42!; "));
    const std::uint16_t seq = requested ? 1 : 0;
    CHECK(read(kServer, first.sealed(kServer, 22, dtls_message(2, seq, second.server_hello()), 1))
              .ends_with("message-2/38!; "));
    CHECK(read(kClient, second.sealed(kClient, 23, be(0x77, 1), 2ULL << 48)).ends_with("data-77; "));
    CHECK(read(kClient, first.sealed(kClient, 23, be(0x66, 1), 9)).ends_with("data-66; "));
}

TEST_CASE("a datagram that is no DTLS is told once, until one is read again") {
    DtlsTalk talk;
    Read read;
    CHECK(read(kClient, Bytes(20)) == "c0 unparsed-type; ");
    CHECK(read(kClient, Bytes(20)).empty());
    CHECK(read(kClient, hello(talk, 0, 0)) == "c2 message-1/42; ");
    Bytes cut = hello(talk, 1, 1);
    cut.pop_back();
    CHECK(read(kClient, cut) == "c3 unparsed-fragment; ");
    CHECK(read(kServer, dtls_record(23, be(1, 1), 0)) == "s4 unparsed-epoch; ");
    CHECK(read(kServer, dtls_record(24, be(1, 1), 0)).empty());
    CHECK(read(kServer, {}).empty());
}
