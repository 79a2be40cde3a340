#include "parsers/credssp/kdc.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/cuts.hpp"
#include "tests/support/der.hpp"
#include "tests/support/kdc.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;
using test::from_hex;
using test::Octets;
namespace kdc = test::kdc;

namespace {

// [RFC4120] 5.4.1, as a client without pre-authentication sends it
const char* const kAsReq =
    "6a 71                                   # AS-REQ\n"
    "30 6f                                   # KDC-REQ\n"
    "a1 03 02 01 05                          # pvno 5\n"
    "a2 03 02 01 0a                          # msg-type 10\n"
    "a3 15 30 13                             # padata\n"
    "30 11 a1 04 02 02 00 80                 # PA-PAC-REQUEST (128)\n"
    "a2 09 04 07 30 05 a0 03 01 01 ff        # its value\n"
    "a4 4c 30 4a                             # req-body\n"
    "a0 07 03 05 00 40 81 00 10              # kdc-options\n"
    "a1 0f 30 0d a0 03 02 01 01              # cname, NT-PRINCIPAL\n"
    "a1 06 30 04 1b 02 61 62                 # \"ab\"\n"
    "a2 05 1b 03 4c 41 42                    # realm LAB\n"
    "a5 11 18 0f 32 30 33 37 30 39 31 33 30 32 34 38 30 35 5a  # till\n"
    "a7 06 02 04 11 22 33 44                 # nonce\n"
    "a8 0c 30 0a 02 01 12 02 01 17 02 02 ff 7b  # etype: 18, 23, -133\n";

template <class T>
T as(const Octets& data) {
    const auto parsed = parse_kdc_message(data);
    REQUIRE(parsed);
    const auto* out = std::get_if<T>(&*parsed);
    REQUIRE(out);
    return *out;
}

}  // namespace

TEST_CASE("an AS-REQ says who asks for what, with which options and encryption types") {
    const auto m = as<KdcReq>(from_hex(kAsReq));
    CHECK(m.msgType == 10);
    CHECK(m.padataTypes == std::vector<std::int32_t>{128});
    CHECK(m.kdcOptions == 0x40810010);
    CHECK(m.cname == "ab");
    CHECK(m.realm == "LAB");
    CHECK(m.sname.empty());
    CHECK(m.etypes == std::vector<std::int32_t>{18, 23, -133});
}

TEST_CASE("a TGS-REQ names the service and no client") {
    const auto m = as<KdcReq>(kdc::request(12, kdc::kRdp));
    CHECK(m.msgType == 12);
    CHECK(m.cname.empty());
    CHECK(m.sname == "TERMSRV/rdsh1.lab.example");
    CHECK(m.padataTypes == std::vector<std::int32_t>{2, 128});
}

TEST_CASE("replies tell the client, the ticket's service and the types of both ciphers") {
    const auto m = as<KdcRep>(kdc::reply(11, kdc::kTgt));
    CHECK(m.msgType == 11);
    CHECK(m.crealm == "LAB.EXAMPLE");
    CHECK(m.cname == "alice");
    CHECK(m.sname == "krbtgt/LAB.EXAMPLE");
    CHECK(m.ticketEtype == 18);
    CHECK(m.encPartEtype == 17);
    CHECK(as<KdcRep>(kdc::reply(13, kdc::kRdp)).msgType == 13);
}

TEST_CASE("an error of the KDC is a KRB-ERROR") {
    const auto parsed = parse_kdc_message(kdc::error(24, kdc::kTgt));
    REQUIRE(parsed);
    CHECK(msg_type(*parsed) == 30);
    CHECK(std::get<KrbError>(*parsed).errorCode == 24);
}

TEST_CASE("message types have the names of their document") {
    struct Row {
        std::uint32_t type;
        const char* name;
    };
    const auto row = GENERATE(values<Row>(
        {{10, "AS-REQ"}, {11, "AS-REP"}, {12, "TGS-REQ"}, {13, "TGS-REP"}, {30, "KRB-ERROR"}, {14, ""}, {0, ""}}));
    CHECK(kdc_message_name(row.type) == row.name);
}

TEST_CASE("lists are read up to a limit, and what follows them is not lost") {
    Octets types;
    for (int i = 0; i < 40; ++i) types = test::joined({types, kdc::number(18)});
    const Octets body =
        test::der(0x30, {test::der(0xA0, {from_hex("03 05 00 00 00 00 00")}), test::der(0xA2, {kdc::text("R")}),
                         test::der(0xA5, {kdc::time("20370913024805Z")}), test::der(0xA7, {kdc::number(1)}),
                         test::der(0xA8, {test::der(0x30, {types})})});
    const auto m =
        as<KdcReq>(test::der(0x6A, {test::der(0x30, {test::der(0xA1, {kdc::number(5)}),
                                                     test::der(0xA2, {kdc::number(10)}), test::der(0xA4, {body})})}));
    CHECK(m.etypes.size() == kMaxKdcTypes);
    CHECK(m.realm == "R");
}

TEST_CASE("a KDC message that is cut after n bytes names its field") {
    test::check_cuts([](bytes::View v, std::size_t base) { return parse_kdc_message(v, base); }, from_hex(kAsReq),
                     {{0, "msg-type", 0}, {1, "AS-REQ", 1}, {2, "AS-REQ", 2}, {60, "AS-REQ", 2}});
    for (const Octets& whole : {kdc::request(12, kdc::kRdp), kdc::reply(11, kdc::kTgt), kdc::error(37, kdc::kRdp)})
        test::check_cuts([](bytes::View v, std::size_t base) { return parse_kdc_message(v, base); }, whole, {});
}

TEST_CASE("a KDC message that ends inside names the field it lacks") {
    struct Row {
        const char* hex;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {"6a 02 30 00", "pvno", 4},
        {"6a 07 30 05 a1 03 02 01 05", "msg-type", 9},
        {"6a 0c 30 0a a1 03 02 01 05 a2 03 02 01 0a", "req-body", 14},
        {"6a 10 30 0e a1 03 02 01 05 a2 03 02 01 0a a4 02 30 00", "kdc-options", 18},
        {"6a 0e 30 0c a1 03 02 01 05 a2 03 02 01 0a a3 00", "padata", 16},
        {"6a 12 30 10 a1 03 02 01 05 a2 03 02 01 0a a3 04 30 02 30 00", "padata-type", 20},
        {"6b 0c 30 0a a0 03 02 01 05 a1 03 02 01 0b", "crealm", 14},
        {"6b 13 30 11 a0 03 02 01 05 a1 03 02 01 0b a3 05 1b 03 4c 41 42", "cname", 21},
        {"6e 00", "msg-type", 0},
        {"30 00", "msg-type", 0},
    }));
    const auto parsed = parse_kdc_message(from_hex(row.hex));
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().field == row.field);
    CHECK(parsed.error().offset == row.offset);
}

TEST_CASE("over TCP four octets tell how long a message is") {
    struct Row {
        const char* hex;
        std::optional<std::size_t> length;
    };
    const auto row = GENERATE(values<Row>({
        {"", {}},
        {"00 00 01", {}},
        {"00 00 01 23", 0x123},
        {"00 01 00 00 6a", 0x10000},
        {"00 01 00 01", 0},
        {"80 00 00 10", 0},
        {"00 00 00 00", 0},
    }));
    CHECK(kdc_tcp_length(from_hex(row.hex)) == row.length);
}

TEST_CASE("the first octet tells whether it can be a KDC's message") {
    for (const char* hex : {"", "6a", "6b 00", "6c", "6d", "7e"}) CHECK(begins_kdc_message(from_hex(hex)));
    for (const char* hex : {"6e", "6f", "0a", "4a", "7f", "16 03"}) CHECK_FALSE(begins_kdc_message(from_hex(hex)));
}
