#include "parsers/tls/tls.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;
using test::from_hex;
using Numbers = std::vector<std::uint16_t>;

namespace {

const auto kClientHello = from_hex(R"(
    03 03                                            # legacy_version
    00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  # random
    10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f
    02 aa bb                                         # legacy_session_id
    00 06  13 02 c0 2f 0a 0a                         # cipher_suites
    01 00                                            # legacy_compression_methods
    00 3e                                            # extensions
    00 00  00 0e  00 0c 00 00 09 72 64 70 2e 6c 6f 63 61 6c  # server_name: rdp.local
    00 0a  00 06  00 04 00 1d 00 17                  # supported_groups
    00 10  00 0e  00 0c 02 68 32 08 68 74 74 70 2f 31 2e 31  # ALPN: h2, http/1.1
    00 2b  00 05  04 03 04 03 03                     # supported_versions
    00 17  00 00                                     # extended_master_secret
    )");

const auto kServerHello = from_hex(R"(
    03 03                                            # legacy_version
    00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f  # random
    10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f
    01 aa                                            # legacy_session_id_echo
    13 02                                            # cipher_suite
    00                                               # legacy_compression_method
    00 0c                                            # extensions
    00 2b 00 02 03 04                                # supported_versions
    00 33 00 02 00 1d                                # key_share
    )");

}  // namespace

TEST_CASE("a ClientHello gives what the client offers") {
    const auto hello = tls::parse_client_hello(kClientHello);
    REQUIRE(hello);
    CHECK(hello->legacy_version == 0x0303);
    CHECK(hello->random[31] == 0x1F);
    CHECK(hello->session_id == std::vector<std::uint8_t>{0xAA, 0xBB});
    CHECK(hello->cipher_suites == Numbers{0x1302, 0xC02F, 0x0A0A});
    CHECK(hello->compression_methods == std::vector<std::uint8_t>{0});
    CHECK(hello->extensions == Numbers{0, 10, 16, 43, 23});
    CHECK(hello->supported_versions == Numbers{0x0304, 0x0303});
    CHECK(hello->supported_groups == Numbers{0x1D, 0x17});
    CHECK(hello->server_name == "rdp.local");
    CHECK(hello->alpn == std::vector<std::string>{"h2", "http/1.1"});
}

TEST_CASE("a ClientHello cut before its extensions names the field") {
    struct Row {
        std::size_t size;
        const char* field;
        std::size_t offset;
    };
    const auto row = GENERATE(values<Row>({
        {0, "legacy_version", 9},
        {1, "legacy_version", 9},
        {2, "random", 11},
        {33, "random", 42},
        {34, "legacy_session_id", 43},
        {35, "legacy_session_id", 44},
        {36, "legacy_session_id", 44},
        {37, "cipher_suites", 46},
        {38, "cipher_suites", 46},
        {44, "cipher_suites", 48},
        {45, "legacy_compression_methods", 54},
        {46, "legacy_compression_methods", 55},
    }));
    const auto hello = tls::parse_client_hello(bytes::View{kClientHello}.first(row.size), 9);
    REQUIRE_FALSE(hello);
    CHECK(hello.error().problem == bytes::Problem::truncated);
    CHECK(hello.error().field == row.field);
    CHECK(hello.error().offset == row.offset);
}

TEST_CASE("a ClientHello cut in its extensions gives those before") {
    for (std::size_t size = 47; size <= kClientHello.size(); ++size) {
        const auto hello = tls::parse_client_hello(bytes::View{kClientHello}.first(size));
        CAPTURE(size);
        REQUIRE(hello);
        const std::size_t expected = size < 67    ? 0
                                     : size < 77  ? 1
                                     : size < 95  ? 2
                                     : size < 104 ? 3
                                     : size < 108 ? 4
                                                  : 5;
        CHECK(hello->extensions.size() == expected);
        CHECK(hello->server_name.has_value() == (expected > 0));
    }
}

TEST_CASE("a ClientHello without extensions is a whole one") {
    const auto hello = tls::parse_client_hello(bytes::View{kClientHello}.first(47));
    REQUIRE(hello);
    CHECK(hello->extensions.empty());
    CHECK_FALSE(hello->server_name);
    CHECK(hello->supported_versions.empty());
}

TEST_CASE("extensions whose own lengths lie give what is there") {
    struct Row {
        const char* extension;
        std::size_t groups, versions;
        std::optional<std::string> name;
    };
    const auto row = GENERATE(values<Row>({
        {"00 0a 00 05 00 40 00 1d 00", 1, 0, {}},
        {"00 0a 00 01 00", 0, 0, {}},
        {"00 0a 00 00", 0, 0, {}},
        {"00 2b 00 03 40 03 04", 0, 1, {}},
        {"00 2b 00 00", 0, 0, {}},
        {"00 00 00 00", 0, 0, {}},
        {"00 00 00 06 00 04 00 00 09 61", 0, 0, {}},
        {"00 00 00 09 00 07 05 00 01 78 00 00 00", 0, 0, ""},  // another kind of name first, then an empty one
        {"00 00 00 07 00 05 00 00 02 ff 61", 0, 0,
         "\xEF\xBF\xBD"
         "a"},
    }));
    auto data = kClientHello;
    data.resize(47);
    const auto extension = from_hex(row.extension);
    data.push_back(std::byte{0});
    data.push_back(static_cast<std::byte>(extension.size()));
    data.insert(data.end(), extension.begin(), extension.end());
    const auto hello = tls::parse_client_hello(data);
    REQUIRE(hello);
    CHECK(hello->extensions.size() == 1);
    CHECK(hello->supported_groups.size() == row.groups);
    CHECK(hello->supported_versions.size() == row.versions);
    CHECK(hello->server_name == row.name);
}

TEST_CASE("a ServerHello gives what the server chose, its version by the extension") {
    const auto hello = tls::parse_server_hello(kServerHello);
    REQUIRE(hello);
    CHECK(hello->legacy_version == 0x0303);
    CHECK(hello->selected_version == std::uint16_t{0x0304});
    CHECK(hello->version() == 0x0304);
    CHECK(hello->cipher_suite == 0x1302);
    CHECK(hello->session_id.size() == 1);
    CHECK(hello->extensions == Numbers{43, 51});
    CHECK_FALSE(hello->hello_retry_request);
    const auto old = tls::parse_server_hello(bytes::View{kServerHello}.first(39));
    REQUIRE(old);
    CHECK(old->version() == 0x0303);
}

TEST_CASE("a ServerHello cut before its extensions names the field") {
    struct Row {
        std::size_t size;
        const char* field;
    };
    const auto row = GENERATE(values<Row>({
        {0, "legacy_version"},
        {2, "random"},
        {33, "random"},
        {34, "legacy_session_id_echo"},
        {35, "legacy_session_id_echo"},
        {36, "cipher_suite"},
        {37, "cipher_suite"},
        {38, "legacy_compression_method"},
    }));
    const auto hello = tls::parse_server_hello(bytes::View{kServerHello}.first(row.size));
    REQUIRE_FALSE(hello);
    CHECK(hello.error().field == row.field);
}

TEST_CASE("a HelloRetryRequest is known by its random") {
    auto data = kServerHello;
    const auto random = from_hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    std::copy(random.begin(), random.end(), data.begin() + 2);
    CHECK(tls::parse_server_hello(data)->hello_retry_request);
}

TEST_CASE("an early draft's ServerHello has its version in front and no session id") {
    auto data = from_hex("7f 12");
    data.resize(34);
    for (const auto b : from_hex("13 01  00 04  00 28 00 00")) data.push_back(b);
    const auto hello = tls::parse_server_hello(data);
    REQUIRE(hello);
    CHECK(hello->cipher_suite == 0x1301);
    CHECK(hello->extensions == Numbers{0x28});
    CHECK(tls::version_name(hello->version()) == "TLS 1.3 draft 18");
}

TEST_CASE("a Certificate message gives each certificate, and those before a cut") {
    const auto data = from_hex("00 00 0b  00 00 03 a1 a2 a3  00 00 02 b1 b2");
    struct Row {
        std::size_t size, certificates;
        const char* error;
    };
    const auto row = GENERATE(values<Row>({
        {0, 0, "certificate_list"},
        {2, 0, "certificate_list"},
        {3, 0, "certificate_list"},
        {5, 0, "ASN.1Cert"},
        {8, 0, "ASN.1Cert"},
        {9, 1, nullptr},
        {11, 1, nullptr},
        {13, 1, nullptr},
        {14, 2, nullptr},
    }));
    CAPTURE(row.size);
    const auto list = tls::parse_certificate_list(bytes::View{data}.first(row.size));
    REQUIRE(static_cast<bool>(list) == (row.error == nullptr));
    if (!list) {
        CHECK(list.error().field == row.error);
        return;
    }
    CHECK(list->size() == row.certificates);
    CHECK(bytes::hex(list->front()) == "a1a2a3");
}

TEST_CASE("an empty Certificate message, as clients send, is no error") {
    const auto list = tls::parse_certificate_list(from_hex("00 00 00"));
    REQUIRE(list);
    CHECK(list->empty());
}

TEST_CASE("versions have names, and those nobody named their number") {
    struct Row {
        std::uint16_t version;
        const char* name;
    };
    const auto row = GENERATE(values<Row>({
        {0x0002, "SSL 2.0"},
        {0x0300, "SSL 3.0"},
        {0x0301, "TLS 1.0"},
        {0x0302, "TLS 1.1"},
        {0x0303, "TLS 1.2"},
        {0x0304, "TLS 1.3"},
        {0x0305, "0x0305"},
        {0x7F1C, "TLS 1.3 draft 28"},
        {0xFEFF, "DTLS 1.0"},
        {0xFEFD, "DTLS 1.2"},
        {0xFEFC, "DTLS 1.3"},
        {0x0A0A, "0x0A0A"},
    }));
    CHECK(tls::version_name(row.version) == row.name);
}

TEST_CASE("cipher suites have IANA's names, and others none") {
    struct Row {
        std::uint16_t suite;
        const char* name;
    };
    const auto row = GENERATE(values<Row>({
        {0x0000, "TLS_NULL_WITH_NULL_NULL"},
        {0x0005, "TLS_RSA_WITH_RC4_128_SHA"},
        {0x00FF, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
        {0x1301, "TLS_AES_128_GCM_SHA256"},
        {0x5600, "TLS_FALLBACK_SCSV"},
        {0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"},
        {0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
        {0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
        {0xD005, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256"},
        {0x0A0A, ""},
        {0xFFFF, ""},
        {0x001C, ""},
    }));
    CHECK(tls::cipher_suite_name(row.suite) == row.name);
}
