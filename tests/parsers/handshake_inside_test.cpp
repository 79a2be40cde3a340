// What TLS carries, read with its secrets.
#include "parsers/handshake/handshake.hpp"

#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls_talk.hpp"

using namespace rdpdx;
using handshake::Pdu;
using stream::Side;
using test::Bytes;
using test::from_hex;

namespace {

using test::operator+;

const char* const kRequest = "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 0b 00 00 00  # SSL, HYBRID, HYBRID_EX";
const char* const kConfirm = "03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 08 00 00 00  # HYBRID_EX";
const char* const kTsRequest =
    "30 0a           # TSRequest\n"
    "a0 03 02 01 06  # version 6\n"
    "a2 03 04 01 00  # authInfo\n";
const char* const kTsError =
    "30 0d                    # TSRequest\n"
    "a0 03 02 01 06           # version 6\n"
    "a4 06 02 04 c0 00 00 6d  # errorCode STATUS_LOGON_FAILURE\n";
const char* const kAllowed = "00 00 00 00  # AUTHZ_SUCCESS";
const char* const kErect = "03 00 00 0c 02 f0 80 04 01 00 01 00  # Erect Domain Request";
const char* const kAttach = "03 00 00 08 02 f0 80 28              # Attach User Request";
const char* const kFontMap =
    "03 00 00 28 02 f0 80           # TPKT, X.224 data\n"
    "68 00 06 03 eb 70 1a           # Send Data Indication, channel 1003, 26 bytes\n"
    "1a 00 17 00 ea 03              # share control: 26 bytes, PDUTYPE_DATAPDU\n"
    "ea 03 01 00 00 01 08 00 28 00 00 00  # share data: PDUTYPE2_FONTMAP\n"
    "00 00 00 00 03 00 04 00        # Font Map\n";
const char* const kErrorInfo =
    "03 00 00 24 02 f0 80           # TPKT, X.224 data\n"
    "68 00 06 03 eb 70 16           # Send Data Indication, channel 1003, 22 bytes\n"
    "16 00 17 00 ea 03              # share control: 22 bytes, PDUTYPE_DATAPDU\n"
    "ea 03 01 00 00 01 04 00 2f 00 00 00  # share data: PDUTYPE2_SET_ERROR_INFO_PDU\n"
    "07 00 00 00                    # ERRINFO_SERVER_DENIED_CONNECTION\n";

// What is inside, and what became of the records, one word a PDU.
struct Namer {
    std::string operator()(const credssp::TsRequest& r) const {
        return r.errorCode ? fmt::format("ts-error-{:08X}", *r.errorCode) : "ts-request";
    }
    std::string operator()(const credssp::EarlyUserAuthorizationResult& r) const {
        return fmt::format("authorization-{}", r.authorizationResult);
    }
    std::string operator()(const credssp::RdsAadPdu& p) const {
        return "rds-aad " + std::string{credssp::rds_aad_type(p)};
    }
    std::string operator()(const mcs::DomainPdu& p) const { return std::string{mcs::name(p.kind)}; }
    std::string operator()(const handshake::SharePdu& p) const {
        if (const auto* e = std::get_if<rdp::SetErrorInfo>(&p.body)) return fmt::format("error-info-{}", e->errorInfo);
        return p.data ? fmt::format("share-{}", p.data->pduType2) : "share";
    }
    std::string operator()(const handshake::FastPath&) const { return "fast-path"; }
    std::string operator()(const handshake::Foreign&) const { return "foreign"; }
    std::string operator()(const handshake::Unparsed& u) const { return "unparsed " + u.what; }
    std::string operator()(const tls::Opening& o) const {
        constexpr const char* kStates[]{"opens", "fails", "no-hello", "no-secret", "no-cipher"};
        return kStates[static_cast<int>(o.state)];
    }
    std::string operator()(const tls::Alert& a) const { return a.opened ? "opened-alert" : "alert"; }
    template <class T>
    std::string operator()(const T&) const {
        return {};
    }
};

struct Part {
    Side from;
    Bytes data;
    bool lost{};
};
using Parts = std::vector<Part>;
using Lines = std::vector<std::string>;

struct How {
    std::string key_log;
    std::size_t piece = SIZE_MAX, cut = SIZE_MAX;
    bool everything = false;
};

// Each part in a frame of its own, up to `cut` bytes in all. Lost parts are gaps.
Lines read(const Parts& parts, const How& how) {
    tls::Secrets secrets;
    secrets.key_log.add(bytes::view_of(how.key_log));
    tls::SessionCache sessions;
    Lines out;
    handshake::Reader reader{
        [&](const Pdu& pdu) {
            const std::string name = std::visit(Namer{}, pdu.body);
            if (name.empty()) return;
            out.push_back(fmt::format("{} {} {} frame {}", pdu.from == Side::client ? "client" : "server",
                                      pdu.inside ? "inside" : "outside", name, pdu.mark.frame));
        },
        false,
        {&secrets, &sessions, how.everything}};
    std::uint64_t offset[2] = {0, 0}, gap[2] = {0, 0}, frame = 0;
    std::size_t left = how.cut;
    for (const Part& part : parts) {
        ++frame;
        const int side = part.from == Side::server;
        if (part.lost) {
            gap[side] += part.data.size();
            offset[side] += part.data.size();
            continue;
        }
        const std::size_t size = std::min(part.data.size(), left);
        left -= size;
        for (std::size_t i = 0; i < size; i += how.piece) {
            const auto piece = bytes::View{part.data}.subspan(i, std::min(how.piece, size - i));
            reader.data({part.from, piece, offset[side], std::exchange(gap[side], 0), {{}, frame, 0}});
            offset[side] += piece.size();
        }
    }
    reader.finish();
    return out;
}

// A version with one of its suites.
struct Kind {
    std::uint16_t version, suite;
};
#define EVERY_KIND \
    GENERATE(values<Kind>({{0x0301, 0x002F}, {0x0302, 0x000A}, {0x0303, 0xC030}, {0x0303, 0xCCA8}, {0x0304, 0x1302}}))

// Of TLS 1.0 a record's IV stands in the one before it.
#define EVERY_KIND_WITH_ITS_OWN_IV \
    GENERATE(values<Kind>({{0x0302, 0x000A}, {0x0303, 0xC030}, {0x0303, 0xCCA8}, {0x0304, 0x1302}}))

constexpr auto kClient = tls::Side::client, kServer = tls::Side::server;

struct Conversation {
    test::TlsTalk talk;
    Parts parts;
    explicit Conversation(const Kind& kind) : talk{kind.version, kind.suite} {
        plain(Side::client, kRequest).plain(Side::server, kConfirm);
        parts.push_back({Side::client, talk.client_hello()});
        parts.push_back({Side::server, talk.server_hello()});
        parts.push_back({Side::server, talk.finished(kServer)});
        parts.push_back({Side::client, talk.finished(kClient)});
    }
    Conversation& plain(Side from, const char* hex) {
        parts.push_back({from, from_hex(hex)});
        return *this;
    }
    Conversation& client(const Bytes& text, bool lost = false) {
        parts.push_back({Side::client, talk.data(kClient, text), lost});
        return *this;
    }
    Conversation& server(const Bytes& text, bool lost = false) {
        parts.push_back({Side::server, talk.data(kServer, text), lost});
        return *this;
    }
    Conversation& client(const char* hex) { return client(from_hex(hex)); }
    Conversation& server(const char* hex) { return server(from_hex(hex)); }
};

}  // namespace

TEST_CASE("CredSSP, its last word and MCS are read out of TLS with the frame of their record") {
    Conversation c{EVERY_KIND};
    c.client(kTsRequest).server(kAllowed).client(kErect);
    const Lines expected{"server outside opens frame 5", "client outside opens frame 6",
                         "client inside ts-request frame 7", "server inside authorization-0 frame 8",
                         "client inside ErectDomainRequest frame 9"};
    CHECK(read(c.parts, {c.talk.key_log()}) == expected);
    CHECK(read(c.parts, {c.talk.key_log(), 1}) == expected);
}

TEST_CASE("a refusal of the credentials is read with its code") {
    Conversation c{EVERY_KIND};
    c.client(kTsRequest).server(kTsError);
    CHECK(read(c.parts, {c.talk.key_log()}).back() == "server inside ts-error-C000006D frame 8");
}

TEST_CASE("RDS-AAD is JSON with a zero behind it, however the records cut it, and MCS follows") {
    const char* const confirm = "03 00 00 13 0e d0 00 00 12 34 00 02 00 08 00 10 00 00 00  # RDSAAD";
    const auto json = [](std::string_view text, bool zero = true) {
        const auto view = bytes::view_of(text);
        Bytes out(view.begin(), view.end());
        if (zero) out.push_back(std::byte{0});
        return out;
    };
    Conversation c{EVERY_KIND};
    const bool negotiated = GENERATE(true, false);
    c.parts[1].data = from_hex(confirm);
    c.parts[1].lost = !negotiated;
    const Bytes request = json(R"({"rdp_assertion":"eyJhbGciOiJSUzI1NiJ9"})");
    c.server(json(R"({"ts_nonce":"AAEC"})", false)).server("00");
    c.client(Bytes(request.begin(), request.begin() + 9)).client(Bytes(request.begin() + 9, request.end()));
    c.server(json(R"({"authentication_result":0})")).client(kErect);
    const Lines lines = read(c.parts, {c.talk.key_log()});
    const Lines expected{
        "server inside rds-aad server nonce frame 7", "client inside rds-aad authentication request frame 9",
        "server inside rds-aad authentication result frame 11", "client inside ErectDomainRequest frame 12"};
    REQUIRE(lines.size() == 6);
    CHECK(Lines(lines.begin() + 2, lines.end()) == expected);
}

TEST_CASE(
    "JSON that is not RDS-AAD's is foreign where another protocol was negotiated, or none of its names is there") {
    Conversation c{Kind{0x0303, 0xC030}};
    const bool negotiated = GENERATE(true, false);
    c.parts[1].lost = !negotiated;
    const auto view = bytes::view_of(negotiated ? R"({"ts_nonce":"AA"})" : R"({"hello":1})");
    c.server(Bytes(view.begin(), view.end()));
    CHECK(read(c.parts, {c.talk.key_log()}).back() == "server inside foreign frame 7");
}

TEST_CASE("PDUs need not begin and end where records do") {
    Conversation c{EVERY_KIND};
    const Bytes both = from_hex(kErect) + from_hex(kAttach);
    c.client(Bytes(both.begin(), both.begin() + 5)).client(Bytes(both.begin() + 5, both.end()));
    const Lines lines = read(c.parts, {c.talk.key_log()});
    REQUIRE(lines.size() >= 2);
    CHECK(lines[lines.size() - 2] == "client inside ErectDomainRequest frame 7");
    CHECK(lines.back() == "client inside AttachUserRequest frame 8");
}

TEST_CASE("records that are lost cost what was in them and nothing else") {
    Conversation c{EVERY_KIND_WITH_ITS_OWN_IV};
    c.client(kTsRequest).client(from_hex(kErect), true).client(kAttach);
    const Lines lines = read(c.parts, {c.talk.key_log()});
    CHECK(lines.back() == "client inside AttachUserRequest frame 9");
}

TEST_CASE("a lost Finished, with the ChangeCipherSpec before it, costs nothing else") {
    Conversation c{GENERATE(values<Kind>({{0x0302, 0x000A}, {0x0303, 0xC030}, {0x0304, 0x1302}}))};
    c.parts[5].lost = true;
    c.client(kTsRequest).client(kErect);
    const Lines lines = read(c.parts, {c.talk.key_log()});
    CHECK(lines.back() == "client inside ErectDomainRequest frame 8");
}

TEST_CASE("secrets that do not fit are said once a side, and so are secrets of other connections") {
    Conversation c{EVERY_KIND};
    c.client(kTsRequest).server(kTsError).client(kErect);
    CHECK(read(c.parts, {c.talk.key_log(9)}) == Lines{"server outside fails frame 5", "client outside fails frame 6"});
    const std::string other = "CLIENT_RANDOM " + std::string(64, '0') + ' ' + std::string(96, 'a') + '\n';
    CHECK(read(c.parts, {other}) == Lines{"server outside no-secret frame 5", "client outside no-secret frame 6"});
    CHECK(read(c.parts, {}).empty());
}

TEST_CASE("without the hellos secrets open nothing, which is said of the server's records") {
    Conversation c{Kind{0x0303, 0xC030}};
    c.parts[2].lost = c.parts[3].lost = true;
    c.client(kTsRequest).server(kTsError);
    CHECK(read(c.parts, {c.talk.key_log()}) == Lines{"server outside no-hello frame 5"});
}

TEST_CASE("a record that was changed on the way is located, and those behind it are opened") {
    Conversation c{EVERY_KIND_WITH_ITS_OWN_IV};
    c.client(kTsRequest).client(kErect).client(kAttach);
    c.parts[7].data.back() ^= std::byte{1};
    const Lines lines = read(c.parts, {c.talk.key_log()});
    REQUIRE(lines.size() >= 2);
    CHECK(lines[lines.size() - 2] == "client outside fails frame 8");
    CHECK(lines.back() == "client inside AttachUserRequest frame 9");
}

TEST_CASE("a close_notify inside is an alert, not a mystery") {
    Conversation c{EVERY_KIND};
    c.parts.push_back({Side::client, c.talk.record(kClient, 21, from_hex("01 00"))});
    CHECK(read(c.parts, {c.talk.key_log()}).back() == "client outside opened-alert frame 7");
}

TEST_CASE("in a session large records stay closed unless all is asked for, and the error that ends it is read") {
    Conversation c{EVERY_KIND};
    // A picture of 3,000 bytes on the fast path; its last record ends in the middle of the next one.
    const Bytes picture = from_hex("00 8b b8") + Bytes(2997);
    c.server(kFontMap).server(picture).server(picture + from_hex("00 88 00")).server(Bytes(100)).server(kErrorInfo);
    const auto count = [](const Lines& lines, std::string_view word) {
        return std::ranges::count_if(lines, [&](const std::string& l) { return l.find(word) != std::string::npos; });
    };
    const Lines some = read(c.parts, {c.talk.key_log()});
    CHECK(count(some, "fast-path") == 0);
    CHECK(some.back() == "server inside error-info-7 frame 11");
    CHECK(count(some, "foreign") == 0);
    How all{c.talk.key_log()};
    all.everything = true;
    CHECK(count(read(c.parts, all), "fast-path") == 2);
}

TEST_CASE("a keyed connection that is cut after n bytes gives what came before") {
    Conversation c{GENERATE(values<Kind>({{0x0303, 0xC030}, {0x0304, 0x1302}}))};
    c.client(kTsRequest).server(kAllowed).client(kErect).server(kFontMap).server(kErrorInfo);
    const Lines whole = read(c.parts, {c.talk.key_log()});
    std::size_t size = 0;
    for (const Part& part : c.parts) size += part.data.size();
    for (std::size_t cut = 0; cut <= size; ++cut) {
        Lines part = read(c.parts, {c.talk.key_log(), SIZE_MAX, cut});
        // The last word may be that something broke off.
        if (!part.empty() && part.back().find("unparsed") != std::string::npos) part.pop_back();
        REQUIRE(part.size() <= whole.size());
        CHECK(std::equal(part.begin(), part.end(), whole.begin()));
    }
}

TEST_CASE(
    "data that the client sends before the server answers is opened by the early secret, which knows no suite yet") {
    test::TlsTalk talk{0x0304, 0x1302};
    Parts parts{{Side::client, talk.client_hello(true)},
                {Side::client, talk.early_data(from_hex(kTsRequest))},
                {Side::server, talk.server_hello()},
                {Side::server, talk.finished(kServer)},
                {Side::client, talk.early_data(from_hex(kErect))},  // on its way while the answer came
                {Side::client, talk.finished(kClient)},
                {Side::client, talk.data(kClient, from_hex(kAttach))}};
    const Lines expected{"client outside opens frame 2", "client inside ts-request frame 2",
                         "server outside opens frame 4", "client inside ErectDomainRequest frame 5",
                         "client inside AttachUserRequest frame 7"};
    CHECK(read(parts, {talk.key_log()}) == expected);
}

TEST_CASE("a KeyUpdate changes the keys of its side from the next record on") {
    Conversation c{Kind{0x0304, 0x1302}};
    c.client(kTsRequest);
    c.parts.push_back({Side::client, c.talk.key_update(kClient)});
    c.client(kErect).server(kAllowed);
    const Lines lines = read(c.parts, {c.talk.key_log()});
    REQUIRE(lines.size() >= 2);
    CHECK(lines[lines.size() - 2] == "client inside ErectDomainRequest frame 9");
    CHECK(lines.back() == "server inside authorization-0 frame 10");
}
