#include "parsers/credssp/kerberos.hpp"

#include "parsers/credssp/token.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/der.hpp"

using namespace rdpdx;
using namespace rdpdx::credssp;
using test::der;
using test::from_hex;
using test::joined;
using test::Octets;

namespace {

Octets number(std::uint8_t n) { return der(0x02, {Octets{std::byte{n}}}); }
Octets text(std::string_view t) { return der(0x1B, {test::octets(t)}); }
Octets principal(std::string_view service, std::string_view host) {
    return der(0x30, {der(0xA0, {number(2)}), der(0xA1, {der(0x30, {text(service), text(host)})})});
}
Octets encrypted(std::uint8_t etype) {
    return der(0x30, {der(0xA0, {number(etype)}), der(0xA2, {der(0x04, {Octets(40)})})});
}
Octets with_ids(std::uint8_t type) { return joined({der(0xA0, {number(5)}), der(0xA1, {number(type)})}); }

Octets ap_req() {
    const Octets ticket =
        der(0x61, {der(0x30, {der(0xA0, {number(5)}), der(0xA1, {text("LAB.EXAMPLE")}),
                              der(0xA2, {principal("TERMSRV", "rdsh1.lab.example")}), der(0xA3, {encrypted(18)})})});
    return der(0x6E, {der(0x30, {with_ids(14), der(0xA2, {from_hex("03 05 00 20 00 00 00")}), der(0xA3, {ticket}),
                                 der(0xA4, {encrypted(17)})})});
}

Octets krb_error(std::uint8_t code) {
    const Octets time = der(0x18, {test::octets("20261121051500Z")});
    return der(0x7E, {der(0x30, {with_ids(30), der(0xA4, {time}), der(0xA5, {from_hex("02 03 01 e2 40")}),
                                 der(0xA6, {number(code)}), der(0xA9, {text("LAB.EXAMPLE")}),
                                 der(0xAA, {principal("TERMSRV", "rdsh1")}), der(0xAC, {der(0x04, {Octets(3)})})})});
}

const Octets kOidKerberos = from_hex("06 09 2a 86 48 86 f7 12 01 02 02"),
             kOidUserToUser = from_hex("06 0a 2a 86 48 86 f7 12 01 02 02 03");

}  // namespace

TEST_CASE("an AP-REQ names the realm and the service of its ticket") {
    const auto message = parse_ap_req(ap_req());
    REQUIRE(message);
    CHECK(message->apOptions == 0x20000000);
    CHECK(message->realm == "LAB.EXAMPLE");
    CHECK(message->sname == "TERMSRV/rdsh1.lab.example");
    CHECK(message->ticketEtype == 18);
    CHECK(message->authenticatorEtype == 17);
}

TEST_CASE("an AP-REP has the type of its cipher") {
    const auto data = der(0x6F, {der(0x30, {with_ids(15), der(0xA2, {encrypted(18)})})});
    const auto message = parse_ap_rep(data);
    REQUIRE(message);
    CHECK(message->etype == 18);
}

TEST_CASE("a KRB-ERROR has its code, the server's time and the service") {
    const auto message = parse_krb_error(krb_error(37));
    REQUIRE(message);
    CHECK(message->errorCode == 37);
    CHECK(message->stime == "20261121051500Z");
    CHECK(message->susec == 123456);
    CHECK(message->realm == "LAB.EXAMPLE");
    CHECK(message->sname == "TERMSRV/rdsh1");
    CHECK(message->ctime.empty());
    CHECK(message->eData);
}

TEST_CASE("Kerberos is found bare, behind its object identifier, and as user-to-user") {
    const auto bare = parse_security_token(ap_req());
    CHECK(std::holds_alternative<ApReq>(bare.mechanism));
    CHECK(bare.mech.empty());
    const auto wrapped = parse_security_token(der(0x60, {kOidKerberos, from_hex("03 00"), krb_error(41)}));
    CHECK(mech_name(wrapped.mech) == "Kerberos");
    const auto* error = std::get_if<KrbError>(&wrapped.mechanism);
    REQUIRE(error);
    CHECK(error->errorCode == 41);
    const auto request = der(0x30, {with_ids(16), der(0xA2, {principal("TERMSRV", "pc")}), der(0xA3, {text("R")})});
    const auto user = parse_security_token(der(0x60, {kOidUserToUser, from_hex("04 00"), request}));
    CHECK(mech_name(user.mech) == "Kerberos user-to-user");
    const auto* message = std::get_if<UserToUser>(&user.mechanism);
    REQUIRE(message);
    CHECK(message->msgType == 16);
    CHECK(message->serverName == "TERMSRV/pc");
    CHECK(message->realm == "R");
}

TEST_CASE("a Kerberos message that is cut or wrong inside names its field") {
    struct Row {
        Octets data;
        const char* field;
        std::size_t offset;
    };
    const auto ids = with_ids(14);
    const auto row = GENERATE_COPY(values<Row>({
        {{}, "AP-REQ", 20},
        {from_hex("6e 05 30"), "AP-REQ", 22},
        {from_hex("6e 00"), "AP-REQ", 22},
        {from_hex("6f 00"), "AP-REQ", 20},
        {from_hex("6e 02 30 00"), "pvno", 24},
        {from_hex("6e 07 30 05 a0 03 02 01 05"), "msg-type", 29},
        {der(0x6E, {der(0x30, {ids})}), "ap-options", 34},
        {der(0x6E, {der(0x30, {ids, from_hex("a2 04 03 02 00 20")})}), "ap-options", 39},
        {der(0x6E, {der(0x30, {ids, from_hex("a2 07 03 05 00 20 00 00 00")})}), "ticket", 43},
    }));
    const auto message = parse_ap_req(row.data, 20);
    REQUIRE_FALSE(message);
    CHECK(message.error().field == row.field);
    CHECK(message.error().offset == row.offset);
}

TEST_CASE("every cut of a Kerberos message is an error and none is a crash") {
    for (const Octets& whole : {ap_req(), krb_error(37)}) {
        for (std::size_t n = 0; n < whole.size(); ++n) {
            const auto cut = bytes::View{whole}.first(n);
            CHECK_FALSE(parse_ap_req(cut));
            CHECK_FALSE(parse_krb_error(cut));
        }
    }
}
