// Texts that look like one form and are another, or that tools print otherwise than usual.
#include "tests/support/catch.hpp"
#include "tests/support/config.hpp"

using namespace rdpdx;
using config::Form;
using test::all;
using test::view;

namespace {

const std::string kEntry =
    "================ Zertifikat 0 ================\r\nSeriennummer: 40d7e4a080d857b7418f88e767a9c405\r\n"
    "Zertifikathash(sha1): a1b2c3d4e5f60718293a4b5c6d7e8f9001122334\r\n";

}  // namespace

TEST_CASE("a list of users has no listeners, so it is no list of sessions") {
    const std::string users =
        " USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\r\n"
        ">administrator         rdp-tcp#5           2  Active          .  11/21/2026 9:14 AM\r\n";
    CHECK(config::recognise(view(users)) == Form::none);
    CHECK(all<config::SessionsEnd>(users).empty());
}

TEST_CASE("a ruler with a number is a certificate's only in a text that has fingerprints") {
    CHECK(config::recognise(view("======== Step 1 ========\r\nCopied.\r\n======== Step 2 ========\r\n")) == Form::none);
    CHECK(config::recognise(view("======== Step 1 ========\r\nHKEY_LOCAL_MACHINE\\X\r\n    A    REG_SZ    b\r\n")) ==
          Form::reg_query);
    CHECK(config::recognise(view(kEntry)) == Form::certificates);
}

TEST_CASE("an adapter's title stands at the line's beginning") {
    const std::string dots = "   One . . . : 1\r\n   Two . . . : 2\r\n   Three . . . : 3\r\n";
    CHECK(config::recognise(view(dots + "   Sum:\r\n" + dots)) == Form::none);
    CHECK(config::recognise(view(dots + "Adapter:\r\n" + dots)) == Form::addresses);
}

TEST_CASE("a store ends in every language where its tool says so") {
    const std::string end =
        GENERATE(as<std::string>{}, "CertUtil: -store-Befehl wurde erfolgreich ausgef\xC3\xBChrt.\r\n",
                 "CertUtil: -store La commande s'est termin\xC3\xA9"
                 "e correctement.\r\n");
    const std::string two = "My \"Eigene Zertifikate\"\r\n" + kEntry + end + "Root \"Stamm\"\r\n" + kEntry + end;
    const auto found = all<config::StoreCertificate>(two);
    REQUIRE(found.size() == 2);
    CHECK(found[0].store == "My");
    CHECK(found[1].store == "Root");
    const auto ends = all<config::StoreEnd>(two);
    REQUIRE(ends.size() == 2);
    CHECK(ends[0].certificates == 1);
    CHECK(ends[1].certificates == 1);
    CHECK(all<config::StoreEnd>("My \"x\"\r\nCertUtil: -store-Befehl ist fehlgeschlagen: 0x80070005 (WIN32: 5)\r\n")
              .empty());
}

TEST_CASE("netstat without -n names the other end of a socket that listens after the machine, and ports by service") {
    const auto sockets = all<config::Socket>(
        "  Proto  Local Address          Foreign Address        State\r\n"
        "  TCP    0.0.0.0:3389           RDSH1:0                LISTENING\r\n"
        "  TCP    [::]:ms-wbt-server     RDSH1:0                LISTENING\r\n"
        "  TCP    0.0.0.0:epmap          RDSH1:0                LISTENING\r\n"
        "  TCP    203.0.113.20:3389      CLIENT7:50000          ESTABLISHED\r\n"
        "  TCP    0.0.0.0:3389           RDSH1:0                BOUND\r\n");
    REQUIRE(sockets.size() == 5);
    CHECK_FALSE(sockets[4].listening);
    CHECK(sockets[0].listening);
    CHECK(sockets[1].listening);
    CHECK(sockets[1].port == 3389);
    CHECK(sockets[1].address == "::");
    CHECK(sockets[2].listening);
    CHECK(sockets[2].port == 0);
    CHECK_FALSE(sockets[3].listening);
}
