// Certificates are made here, by OpenSSL, so that each test shows what is in its own.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "parsers/tls/tls.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"

using namespace rdpdx;

namespace {

using Bytes = std::vector<std::byte>;
using Strings = std::vector<std::string>;

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freed<&X509_free>>;

Key rsa_key() { return Key{EVP_RSA_gen(1024)}; }
Key ec_key() { return Key{EVP_EC_gen("P-256")}; }

struct Wanted {
    std::string subject = "host.example", issuer = "host.example";
    std::string serial = "4f01";
    std::string not_before = "20260101000000Z", not_after = "20260702123456Z";
    std::string names{};   // in OpenSSL's words: "DNS:a,IP:192.0.2.1"
    std::string usages{};  // "serverAuth,1.2.3.4"
    const EVP_MD* digest = EVP_sha256();
};

void add_extension(X509* cert, int nid, const std::string& value) {
    if (value.empty()) return;
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    REQUIRE(extension);
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
}

void add_entry(X509_NAME* name, const char* field, const std::string& value) {
    REQUIRE(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                       static_cast<int>(value.size()), -1, 0) == 1);
}

Bytes der_of(X509* cert) {
    unsigned char* out = nullptr;
    const int size = i2d_X509(cert, &out);
    REQUIRE(size > 0);
    const auto view = std::as_bytes(std::span{out, static_cast<std::size_t>(size)});
    Bytes der{view.begin(), view.end()};
    OPENSSL_free(out);
    return der;
}

Bytes make(const Wanted& wanted, EVP_PKEY* key, EVP_PKEY* signer) {
    const Cert cert{X509_new()};
    X509_set_version(cert.get(), 2);
    BIGNUM* serial = nullptr;
    BN_hex2bn(&serial, wanted.serial.c_str());
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert.get()));
    BN_free(serial);
    add_entry(X509_get_subject_name(cert.get()), "CN", wanted.subject);
    add_entry(X509_get_issuer_name(cert.get()), "CN", wanted.issuer);
    ASN1_TIME_set_string_X509(X509_getm_notBefore(cert.get()), wanted.not_before.c_str());
    ASN1_TIME_set_string_X509(X509_getm_notAfter(cert.get()), wanted.not_after.c_str());
    add_extension(cert.get(), NID_subject_alt_name, wanted.names);
    add_extension(cert.get(), NID_ext_key_usage, wanted.usages);
    X509_set_pubkey(cert.get(), key);
    REQUIRE(X509_sign(cert.get(), signer, wanted.digest) > 0);
    return der_of(cert.get());
}

Bytes make(const Wanted& wanted) {
    static const Key key = rsa_key();
    return make(wanted, key.get(), key.get());
}

// The same bytes with the first `from` replaced by `to`, which is as long.
Bytes patched(Bytes der, const Bytes& from, const Bytes& to) {
    const auto at = std::search(der.begin(), der.end(), from.begin(), from.end());
    REQUIRE(at != der.end());
    std::copy(to.begin(), to.end(), at);
    return der;
}

Bytes ascii(std::string_view text) {
    const auto view = bytes::view_of(text);
    return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("a self-signed certificate, as Windows makes them for RDP, is read") {
    const auto der = make({.usages = "serverAuth"});
    const auto cert = tls::parse_certificate(der);
    REQUIRE(cert);
    CHECK(cert->subject == "CN=host.example");
    CHECK(cert->issuer == "CN=host.example");
    CHECK(cert->serial == "4f01");
    CHECK(cert->not_before == bytes::parse_time("2026-01-01T00:00:00Z"));
    CHECK(cert->not_after == bytes::parse_time("2026-07-02T12:34:56Z"));
    CHECK(cert->key_algorithm == "RSA");
    CHECK(cert->key_bits == 1024);
    CHECK(cert->signature_algorithm == "sha256WithRSAEncryption");
    CHECK(cert->extended_key_usage == Strings{"1.3.6.1.5.5.7.3.1"});
    CHECK(cert->subject_alt_names.empty());
    CHECK(cert->self_issued);
    CHECK(cert->self_signed);
}

TEST_CASE("the thumbprints are those of the DER") {
    const auto der = make({});
    std::array<unsigned char, 32> sha256{};
    std::array<unsigned char, 20> sha1{};
    REQUIRE(EVP_Digest(der.data(), der.size(), sha256.data(), nullptr, EVP_sha256(), nullptr) == 1);
    REQUIRE(EVP_Digest(der.data(), der.size(), sha1.data(), nullptr, EVP_sha1(), nullptr) == 1);
    const auto cert = tls::parse_certificate(der);
    REQUIRE(cert);
    CHECK(cert->sha256 == bytes::hex(std::as_bytes(std::span{sha256})));
    CHECK(cert->sha1 == bytes::hex(std::as_bytes(std::span{sha1})));
    auto longer = der;
    longer.push_back(std::byte{0});
    CHECK(tls::parse_certificate(longer)->sha1 == cert->sha1);
}

TEST_CASE("weak signatures are checked as well") {
    const auto* const digest = GENERATE(EVP_md5(), EVP_sha1(), EVP_sha512());
    const auto cert = tls::parse_certificate(make({.digest = digest}));
    REQUIRE(cert);
    CHECK(cert->self_signed);
}

TEST_CASE("a certificate that another key signed is not self-signed") {
    const Key key = ec_key(), authority = rsa_key();
    SECTION("another issuer") {
        const auto cert = tls::parse_certificate(make({.issuer = "Our CA"}, key.get(), authority.get()));
        REQUIRE(cert);
        CHECK(cert->issuer == "CN=Our CA");
        CHECK(cert->key_algorithm == "EC");
        CHECK(cert->key_bits == 256);
        CHECK_FALSE(cert->self_issued);
        CHECK_FALSE(cert->self_signed);
    }
    SECTION("an issuer of the same name") {
        const auto cert = tls::parse_certificate(make({}, key.get(), authority.get()));
        REQUIRE(cert);
        CHECK(cert->self_issued);
        CHECK_FALSE(cert->self_signed);
    }
    SECTION("a signature that does not fit") {
        auto der = make({});
        der.back() ^= std::byte{1};
        const auto cert = tls::parse_certificate(der);
        REQUIRE(cert);
        CHECK(cert->self_issued);
        CHECK_FALSE(cert->self_signed);
    }
}

TEST_CASE("a key of no known algorithm is unreadable, and the rest is read") {
    // rsaEncryption becomes md5WithRSAEncryption where the key's algorithm stands, as old terminal servers have it.
    const auto der = patched(make({}), test::from_hex("06 09 2a 86 48 86 f7 0d 01 01 01"),
                             test::from_hex("06 09 2a 86 48 86 f7 0d 01 01 04"));
    const auto cert = tls::parse_certificate(der);
    REQUIRE(cert);
    CHECK(cert->key_algorithm == "unreadable");
    CHECK(cert->key_bits == 0);
    CHECK(cert->subject == "CN=host.example");
    CHECK(cert->not_after);
    CHECK_FALSE(cert->self_signed);
}

TEST_CASE("alternative names of the kinds that name a host are read") {
    const auto cert = tls::parse_certificate(make(
        {.names = "DNS:a.example,DNS:*.b.example,IP:192.0.2.1,IP:2001:db8::1,IP:0:0:1:0:0:0:0:2,email:me@example.org,"
                  "URI:https://example.org/,RID:1.2.3",
         .usages = "serverAuth,clientAuth,1.3.6.1.4.1.311.54.1.2"}));
    REQUIRE(cert);
    CHECK(cert->subject_alt_names == Strings{"DNS:a.example", "DNS:*.b.example", "IP:192.0.2.1", "IP:2001:db8::1",
                                             "IP:0:0:1::2", "email:me@example.org", "URI:https://example.org/"});
    CHECK(cert->extended_key_usage == Strings{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.4.1.311.54.1.2"});
}

TEST_CASE("IPv6 addresses are written as RFC 5952 has it") {
    struct Row {
        const char* address;
        const char* text;
    };
    const auto row = GENERATE(values<Row>({
        {"::", "IP:::"},
        {"::1", "IP:::1"},
        {"fe80::", "IP:fe80::"},
        {"1:2:3:4:5:6:7:8", "IP:1:2:3:4:5:6:7:8"},
        {"1:0:3:4:5:6:7:8", "IP:1:0:3:4:5:6:7:8"},
        {"1:0:0:4:0:0:7:8", "IP:1::4:0:0:7:8"},
    }));
    CHECK(tls::parse_certificate(make({.names = std::string{"IP:"} + row.address}))->subject_alt_names ==
          Strings{row.text});
}

TEST_CASE("names stay UTF-8, and what would break a line is escaped") {
    CHECK(tls::parse_certificate(make({.subject = "B\xC3\xBCro \xE2\x82\xAC"}))->subject ==
          "CN=B\xC3\xBCro \xE2\x82\xAC");
    CHECK(tls::parse_certificate(make({.subject = "a\nb"}))->subject == "CN=a\\0Ab");
    CHECK(tls::parse_certificate(make({.subject = "a, O=b"}))->subject == "CN=\"a, O=b\"");
}

TEST_CASE("dates that are none are left out, and those behind the end of time are its end") {
    SECTION("both forms of date count in UTC") {
        const auto cert =
            tls::parse_certificate(make({.not_before = "19500101000000Z", .not_after = "20600229010203Z"}));
        CHECK(cert->not_before == bytes::parse_time("1950-01-01T00:00:00Z"));
        CHECK(cert->not_after == bytes::parse_time("2060-02-29T01:02:03Z"));
    }
    SECTION("the year 9999 means no end") {
        CHECK(tls::parse_certificate(make({.not_after = "99991231235959Z"}))->not_after == bytes::kLatest);
    }
    SECTION("the 31st of a month that has 30") {
        const auto cert = tls::parse_certificate(patched(make({}), ascii("260702123456Z"), ascii("260631123456Z")));
        REQUIRE(cert);
        CHECK(cert->not_before);
        CHECK_FALSE(cert->not_after);
    }
}

TEST_CASE("serial numbers are hex, the negative ones too") {
    CHECK(tls::parse_certificate(make({.serial = "0"}))->serial == "00");
    CHECK(tls::parse_certificate(make({.serial = "-5A"}))->serial == "-5a");
    CHECK(tls::parse_certificate(make({.serial = "00ff00112233445566778899aabbccddeeff"}))->serial ==
          "ff00112233445566778899aabbccddeeff");
}

TEST_CASE("a certificate cut anywhere is none, and leaves no error of OpenSSL behind") {
    const auto der = make({.names = "DNS:a.example"});
    for (std::size_t size = 0; size < der.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(tls::parse_certificate(bytes::View{der}.first(size)));
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("an unreadable key leaves no error of OpenSSL behind") {
    const auto der = patched(make({}), test::from_hex("06 09 2a 86 48 86 f7 0d 01 01 01"),
                             test::from_hex("06 09 2a 86 48 86 f7 0d 01 01 04"));
    REQUIRE(tls::parse_certificate(der));
    CHECK(ERR_peek_error() == 0);
}
