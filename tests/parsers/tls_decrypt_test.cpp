#include "parsers/bytes/text.hpp"
#include "parsers/tls/record_decryptor.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls_seal.hpp"

using namespace rdpdx;
using test::Bytes;
using test::copy_of;
using test::from_hex;
using tls::RecordDecryptor;
using tls::Side;

namespace {

constexpr std::uint8_t kAlert = 21, kHandshake = 22, kData = 23;

// How a test spells a connection.
struct Row {
    std::uint16_t version, suite;
    bool encrypt_then_mac = false;
};

tls::Negotiated negotiated(const Row& row) {
    tls::Negotiated out;
    out.version = row.version;
    out.cipher_suite = row.suite;
    out.client_random.fill(1);
    out.server_random.fill(2);
    out.encrypt_then_mac = row.encrypt_then_mac;
    return out;
}
Bytes secret(const Row& row) {
    const auto suite = tls::cipher_parameters(row.suite);
    return Bytes(row.version == 0x0304 ? tls::hash_size(suite->prf) : 48, std::byte{7});
}
Bytes text(std::string_view words) { return copy_of(bytes::view_of(words)); }

// Both ends of one direction.
struct Ends {
    test::Sealer sealer;
    RecordDecryptor decryptor;
    explicit Ends(const Row& row)
        : sealer{*test::Sealer::make(negotiated(row), Side::client, secret(row))},
          decryptor{*RecordDecryptor::make(negotiated(row), Side::client, secret(row))} {}

    bytes::Parsed<tls::Plaintext> open(std::uint8_t type, const Bytes& fragment) {
        return decryptor.open(sealer.header(type, fragment), fragment, 1000);
    }
    std::string pass(std::uint8_t type, const Bytes& plain, std::size_t padding = 0) {
        return outcome(open(type, sealer.seal(type, plain, padding)));
    }
    static std::string outcome(const bytes::Parsed<tls::Plaintext>& opened) {
        if (!opened) return fmt::format("{} at {}", opened.error().field, opened.error().offset);
        const std::string lost = opened->records_lost ? fmt::format(" after {} lost", opened->records_lost) : "";
        return fmt::format("{} #{}{}: {}", opened->type, opened->sequence, lost, bytes::text_of(opened->fragment));
    }
};

#define EVERY_KIND                                                                                            \
    values<Row>({                                                                                             \
        {0x0301, 0x0002},                                                 /* NULL_SHA */                      \
        {0x0301, 0x0004},                                                 /* RC4_128_MD5 */                   \
        {0x0303, 0x0005},                                                 /* RC4_128_SHA */                   \
        {0x0303, 0xC011},                                                 /* ECDHE_RSA_WITH_RC4_128_SHA */    \
        {0x0301, 0x000A},                                                 /* 3DES_EDE_CBC_SHA */              \
        {0x0302, 0x000A},       {0x0303, 0x000A, true}, {0x0301, 0x002F}, /* AES_128_CBC_SHA */               \
        {0x0301, 0x002F, true}, {0x0302, 0x0035},                         /* AES_256_CBC_SHA */               \
        {0x0303, 0x003C},                                                 /* AES_128_CBC_SHA256 */            \
        {0x0303, 0xC028},       {0x0303, 0xC028, true},                   /* AES_256_CBC_SHA384 */            \
        {0x0303, 0x009C},       {0x0303, 0xC030},                         /* AES_GCM */                       \
        {0x0303, 0xC09C},       {0x0303, 0xC0A1},                         /* AES_CCM, AES_CCM_8 */            \
        {0x0303, 0xCCA8},                                                 /* CHACHA20_POLY1305 */             \
        {0x0304, 0x1301},       {0x0304, 0x1302},       {0x0304, 0x1303}, {0x0304, 0x1304}, {0x0304, 0x1305}, \
    })

}  // namespace

TEST_CASE("records of every kind of suite open, in order, empty ones and padded ones too") {
    const auto row = GENERATE(EVERY_KIND);
    CAPTURE(row.version, row.suite, row.encrypt_then_mac);
    Ends ends{row};
    CHECK(ends.pass(kHandshake, text("finished")) == "22 #0: finished");
    CHECK(ends.pass(kData, {}) == "23 #1: ");
    CHECK(ends.pass(kData, text("padded"), 9) == "23 #2: padded");
    CHECK(ends.pass(kAlert, text("\x01\x02")) == "21 #3: \x01\x02");
    const Bytes largest(1U << 14, std::byte{'x'});
    CHECK(ends.pass(kData, largest) == "23 #4: " + std::string(largest.size(), 'x'));
    CHECK(ends.decryptor.sequence() == 5);
}

TEST_CASE("a record changed anywhere fails by itself, and the next one opens") {
    const auto row = GENERATE(EVERY_KIND);
    CAPTURE(row.version, row.suite, row.encrypt_then_mac);
    const Bytes plain = text("forty bytes of text, so that blocks matter");
    Ends ends{row};
    const std::size_t size = ends.sealer.seal(kData, plain).size();
    for (std::size_t at = 0; at < size; ++at) {
        Ends fresh{row};
        Bytes fragment = fresh.sealer.seal(kData, plain);
        fragment[at] ^= std::byte{0x40};
        const auto opened = fresh.open(kData, fragment);
        CAPTURE(at, Ends::outcome(opened));
        REQUIRE_FALSE(opened);
        CHECK(opened.error().problem == bytes::Problem::bad_value);
        CHECK(opened.error().offset >= 1000);
        CHECK(opened.error().offset < 1000 + size);
        // What TLS 1.0 chains is the ciphertext, so that a changed last block changes the next record's first.
        const bool chained = row.version == 0x0301 && tls::cipher_parameters(row.suite)->mode == tls::CipherMode::block;
        if (chained) fresh.pass(kData, text("in between"));
        CHECK(fresh.pass(kData, text("next")) == (chained ? "23 #2: next" : "23 #1: next"));
    }
}

TEST_CASE("a record cut after n bytes is not all there, and the next one opens") {
    const auto row = GENERATE(EVERY_KIND);
    CAPTURE(row.version, row.suite, row.encrypt_then_mac);
    for (std::size_t n = 0; n < 30; ++n) {
        Ends ends{row};
        const Bytes whole = ends.sealer.seal(kData, text("some text that is long enough"));
        const auto header = ends.sealer.header(kData, whole);
        const auto opened = ends.decryptor.open(header, bytes::View{whole}.first(n), 1000);
        REQUIRE_FALSE(opened);
        CHECK(opened.error() == bytes::ParseError{bytes::Problem::truncated, "fragment", 1000, whole.size(), n});
        const bool chained = row.version == 0x0301 && tls::cipher_parameters(row.suite)->mode == tls::CipherMode::block;
        if (chained) ends.pass(kData, text("in between"));
        CHECK(ends.pass(kData, text("next")) == (chained ? "23 #2: next" : "23 #1: next"));
    }
}

TEST_CASE("a record that says itself that it is too short is a failure of its own") {
    const auto row = GENERATE(EVERY_KIND);
    CAPTURE(row.version, row.suite, row.encrypt_then_mac);
    for (std::size_t n = 0; n < 16; ++n) {
        Ends ends{row};
        const auto opened = ends.open(kData, Bytes(n, std::byte{1}));
        CAPTURE(n);
        CHECK_FALSE(opened);
        CHECK(ends.decryptor.sequence() == 1);
    }
}

TEST_CASE("after a loss the record's number is found again") {
    const auto row = GENERATE(filter(
        [](const Row& r) { return tls::cipher_parameters(r.suite)->mode != tls::CipherMode::stream; }, EVERY_KIND));
    CAPTURE(row.version, row.suite, row.encrypt_then_mac);
    const bool chained = row.version == 0x0301;
    const auto lost = GENERATE(as<std::uint64_t>{}, 0, 1, 2, 63, 64, 65, 200);
    Ends ends{row};
    CHECK(ends.pass(kData, text("before")) == "23 #0: before");
    for (std::uint64_t i = 0; i < lost; ++i) ends.sealer.seal(kData, text("lost"));
    ends.decryptor.records_lost();
    // Each record that is not found carries the search on by its width.
    std::string first_found;
    std::uint64_t unfound = 0;
    while ((first_found = ends.pass(kData, text("after"))).find('#') == std::string::npos) REQUIRE(++unfound < 8);
    CHECK(unfound >= (lost > 64 ? (lost - 1) / 64 : 0U));
    CHECK(unfound <= (lost > 64 ? (lost - 1) / 64 : 0U) + (chained ? 1 : 0));
    // Of TLS 1.0 and CBC the record that is found is not yet one that can be read.
    const std::string gap =
        lost == 0 || (chained && row.encrypt_then_mac && lost <= 64) ? "" : fmt::format(" after {} lost", lost);
    CHECK(first_found == fmt::format("23 #{}{}: after", 1 + lost + unfound, gap));
    CHECK(ends.pass(kData, text("then")) == fmt::format("23 #{}: then", 2 + lost + unfound));
}

TEST_CASE("nobody searches without a loss, nor for ever after one") {
    Ends ends{{0x0304, 0x1301}};
    ends.sealer.sequence = 1;
    CHECK(ends.pass(kData, text("unannounced")) == "aead_output at 1000");
    ends.decryptor.records_lost();
    ends.sealer.sequence = 1'000'000;
    for (std::uint64_t i = 0; i < RecordDecryptor::kSearches; ++i)
        CHECK(ends.pass(kData, text("too far")) == "aead_output at 1000");
    ends.sealer.sequence = ends.decryptor.sequence() + 1;
    CHECK(ends.pass(kData, text("given up")) == "aead_output at 1000");
    ends.decryptor.expect(ends.sealer.sequence);
    const auto told = ends.sealer.sequence;
    CHECK(ends.pass(kData, text("told")) == fmt::format("23 #{}: told", told));
}

TEST_CASE("a record known by its header alone is passed over, in the stream of RC4 too") {
    const auto row = GENERATE(values<Row>({{0x0303, 0x0005}, {0x0303, 0x002F}, {0x0303, 0x009C}, {0x0304, 0x1303}}));
    Ends ends{row};
    const Bytes lost = ends.sealer.seal(kData, text("lost"));
    ends.decryptor.skip(ends.sealer.header(kData, lost));
    CHECK(ends.pass(kData, text("next")) == "23 #1: next");
}

TEST_CASE("padding that is none is told from a MAC that is wrong") {
    struct Blocks {
        Bytes plain;
        std::string_view field;
    };
    using test::operator+;
    const auto blocks = GENERATE(values<Blocks>({
        {Bytes(32), "MAC"},                                   // no padding but its length, 0
        {Bytes(31) + Bytes{std::byte{1}}, "padding_length"},  // the byte before is not 1
        {Bytes(32, std::byte{255}), "padding_length"},        // more than there is
        {Bytes(32, std::byte{11}), "MAC"},                    // just leaves room for a MAC
        {Bytes(32, std::byte{12}), "padding_length"},         // no room for one
    }));
    Ends ends{{0x0303, 0x002F}};
    const auto opened = ends.open(kData, ends.sealer.seal_blocks(blocks.plain));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().field == blocks.field);
    CHECK(ends.pass(kData, text("next")) == "23 #1: next");
}

TEST_CASE("TLS 1.3 hides the type behind the content; nothing but zeros has none") {
    Ends ends{{0x0304, 0x1301}};
    CHECK(Ends::outcome(ends.open(kData, ends.sealer.seal_inner(Bytes(20)))) == "type at 1000");
    CHECK(Ends::outcome(ends.open(kData, ends.sealer.seal_inner({}))) == "type at 1000");
    CHECK(ends.pass(99, text("unknown type")) == "99 #2: unknown type");
    // A ChangeCipherSpec in the clear is not a record of these keys.
    const Bytes one(1, std::byte{1});
    CHECK(Ends::outcome(ends.decryptor.open({20, 0x0303, 1}, one, 1000)) == "type at 1000");
    CHECK(ends.pass(kData, text("next")) == "23 #3: next");
}

TEST_CASE("more than a record may hold is not decrypted") {
    Ends ends{{0x0303, 0x009C}};
    const Bytes huge(0xFFFF);
    CHECK(Ends::outcome(ends.open(kData, huge)) == "length at 1000");
    ends.sealer.sequence = 1;
    CHECK(ends.pass(kData, text("next")) == "23 #1: next");
}

TEST_CASE("a key update begins new keys and numbers; only TLS 1.3 has one") {
    const Row row{0x0304, 0x1302};
    Ends ends{row};
    CHECK(ends.pass(kData, text("old")) == "23 #0: old");
    const tls::Secret next = tls::next_traffic_secret(row.suite, secret(row));
    ends.sealer = *test::Sealer::make(negotiated(row), Side::client, next.view());
    REQUIRE(ends.decryptor.update_keys());
    CHECK(ends.pass(kData, text("new")) == "23 #0: new");
    Ends older{{0x0303, 0x009C}};
    CHECK_FALSE(older.decryptor.update_keys());
    CHECK(older.pass(kData, text("same")) == "23 #0: same");
}

TEST_CASE("what cannot be opened has no decryptor") {
    const Bytes master(48), traffic(32);
    CHECK_FALSE(RecordDecryptor::make(negotiated({0x0303, 0x0003}), Side::client, master));  // export
    CHECK_FALSE(RecordDecryptor::make(negotiated({0x0303, 0x1301}), Side::client, master));
    CHECK_FALSE(RecordDecryptor::make(negotiated({0x0304, 0x002F}), Side::client, master));
    CHECK_FALSE(RecordDecryptor::make(negotiated({0x0304, 0x1302}), Side::client, traffic));
    CHECK_FALSE(RecordDecryptor::make(negotiated({0x0303, 0x002F}), Side::client, {}));
    CHECK_FALSE(RecordDecryptor::make(negotiated({0x0300, 0x002F}), Side::client, master));
}

// [RFC 8448] 3, Simple 1-RTT Handshake
TEST_CASE("the records that RFC 8448 shows open with its secrets") {
    struct Shown {
        Side side;
        std::string_view secret, record;
        std::uint64_t sequence;
        std::uint8_t type;
        std::size_t size;
        std::string_view begins;  // the plaintext
    };
    constexpr std::string_view kClientHandshake = "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
                               kClientTraffic = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
                               kServerTraffic = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643";
    const auto shown = GENERATE_COPY(values<Shown>({
        // {client} send handshake record: Finished
        {Side::client, kClientHandshake,
         "17 03 03 00 35 75 ec 4d c2 38 cc e6 0b 29 80 44 a7 1e 21 9c 56 cc 77 b0"
         "51 7f e9 b9 3c 7a 4b fc 44 d8 7f 38 f8 03 38 ac 98 fc 46 de b3 84 bd 1c"
         "ae ac ab 68 67 d7 26 c4 05 46",
         0, 22, 36, "14000020"},
        // {server} send handshake record: NewSessionTicket
        {Side::server, kServerTraffic,
         "17 03 03 00 de 3a 6b 8f 90 41 4a 97 d6 95 9c 34 87 68 0d e5 13 4a 2b 24"
         "0e 6c ff ac 11 6e 95 d4 1d 6a f8 f6 b5 80 dc f3 d1 1d 63 c7 58 db 28 9a"
         "01 59 40 25 2f 55 71 3e 06 1d c1 3e 07 88 91 a3 8e fb cf 57 53 ad 8e f1"
         "70 ad 3c 73 53 d1 6d 9d a7 73 b9 ca 7f 2b 9f a1 b6 c0 d4 a3 d0 3f 75 e0"
         "9c 30 ba 1e 62 97 2a c4 6f 75 f7 b9 81 be 63 43 9b 29 99 ce 13 06 46 15"
         "13 98 91 d5 e4 c5 b4 06 f1 6e 3f c1 81 a7 7c a4 75 84 00 25 db 2f 0a 77"
         "f8 1b 5a b0 5b 94 c0 13 46 75 5f 69 23 2c 86 51 9d 86 cb ee ac 87 aa c3"
         "47 d1 43 f9 60 5d 64 f6 50 db 4d 02 3e 70 e9 52 ca 49 fe 51 37 12 1c 74"
         "bc 26 97 68 7e 24 87 46 d6 df 35 30 05 f3 bc e1 86 96 12 9c 81 53 55 6b"
         "3b 6c 67 79 b3 7b f1 59 85 68 4f",
         0, 22, 205, "040000c9"},
        // {client} send application_data record
        {Side::client, kClientTraffic,
         "17 03 03 00 43 a2 3f 70 54 b6 2c 94 d0 af fa fe 82 28 ba 55 cb ef ac ea"
         "42 f9 14 aa 66 bc ab 3f 2b 98 19 a8 a5 b4 6b 39 5b d5 4a 9a 20 44 1e 2b"
         "62 97 4e 1f 5a 62 92 a2 97 70 14 bd 1e 3d ea e6 3a ee bb 21 69 49 15 e4",
         0, 23, 50,
         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031"},
        // {server} send application_data record
        {Side::server, kServerTraffic,
         "17 03 03 00 43 2e 93 7e 11 ef 4a c7 40 e5 38 ad 36 00 5f c4 a4 69 32 fc"
         "32 25 d0 5f 82 aa 1b 36 e3 0e fa f9 7d 90 e6 df fc 60 2d cb 50 1a 59 a8"
         "fc c4 9c 4b f2 e5 f0 a2 1c 00 47 c2 ab f3 32 54 0d d0 32 e1 67 c2 95 5d",
         1, 23, 50, "0001020304"},
        // {client} send alert record, {server} send alert record
        {Side::client, kClientTraffic, "17 03 03 00 13 c9 87 27 60 65 56 66 b7 4d 7f f1 15 3e fd 6d b6 d0 b0 e3", 1, 21,
         2, "0100"},
        {Side::server, kServerTraffic, "17 03 03 00 13 b5 8f d6 71 66 eb f5 99 d2 47 20 cf be 7e fa 7a 88 64 a9", 2, 21,
         2, "0100"},
    }));
    auto decryptor = RecordDecryptor::make(negotiated({0x0304, 0x1301}), shown.side, from_hex(shown.secret));
    REQUIRE(decryptor);
    const Bytes record = from_hex(shown.record);
    bytes::Cursor in{record};
    const auto header = tls::parse_record_header(in);
    REQUIRE(header);
    decryptor->expect(shown.sequence);
    const auto opened = decryptor->open(*header, in.rest());
    REQUIRE(opened);
    CHECK(opened->type == shown.type);
    CHECK(opened->fragment.size() == shown.size);
    CHECK(bytes::hex(opened->fragment).substr(0, shown.begins.size()) == shown.begins);
}
