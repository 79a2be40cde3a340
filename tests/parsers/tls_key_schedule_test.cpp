#include "parsers/tls/key_schedule.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "parsers/bytes/text.hpp"
#include "parsers/tls/rsa_key.hpp"
#include "parsers/tls/tls.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls.hpp"

using namespace rdpdx;
using test::from_hex;
using tls::CipherMode;
using tls::Hash;
using tls::KeyExchange;

namespace {

std::string hex_of(const tls::Secret& secret) { return bytes::hex(secret.view()); }

constexpr std::uint16_t kAes128Sha = 0x002F, kTlsAes128GcmSha256 = 0x1301;

}  // namespace

TEST_CASE("the PRF of TLS 1.0 and 1.1 gives the vector that the TLS working group agreed on") {
    const std::vector<std::byte> secret(48, std::byte{0xAB}), seed(64, std::byte{0xCD});
    CHECK(hex_of(tls::prf(Hash::md5_sha1, secret, "PRF Testvector", seed, 104)) ==
          "d3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4eb"
          "d31e602353776c408aafb74cbc85eff69255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f"
          "1afbc655a8c9a013");
}

TEST_CASE("the PRF of TLS 1.2 gives the vectors of the TLS working group's list") {
    struct Row {
        Hash hash;
        std::string_view secret, seed, output;
    };
    const auto row = GENERATE(values<Row>({
        {Hash::sha256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
         "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
         "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
         "87347b66"},
        {Hash::sha384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
         "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0"
         "e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
         "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070"
         "3d73e56f"},
    }));
    CHECK(hex_of(tls::prf(row.hash, from_hex(row.secret), "test label", from_hex(row.seed), row.output.size() / 2)) ==
          row.output);
}

// [RFC 8448] 3
TEST_CASE("a traffic secret of TLS 1.3 gives the keys that RFC 8448 shows") {
    struct Row {
        std::string_view secret, key, iv;
    };
    const auto row = GENERATE(values<Row>({
        {"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", "3fce516009c21727d0f2e4e86ee403bc",
         "5d313eb2671276ee13000b30"},
        {"b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", "dbfaa693d1762c5b666af5d950258d01",
         "5bd3c71b836e0b76bb73265f"},
    }));
    const auto keys = tls::traffic_keys(kTlsAes128GcmSha256, from_hex(row.secret));
    REQUIRE(keys);
    CHECK(hex_of(keys->key) == row.key);
    CHECK(hex_of(keys->iv) == row.iv);
    CHECK(keys->mac_key.empty());
    CHECK(tls::next_traffic_secret(kTlsAes128GcmSha256, from_hex(row.secret)).size() == 32);
}

TEST_CASE("secrets that do not fit their suite or version give no keys") {
    const std::vector<std::byte> secret(48);
    CHECK_FALSE(tls::traffic_keys(kTlsAes128GcmSha256, secret));
    CHECK_FALSE(tls::traffic_keys(kAes128Sha, secret));
    CHECK(tls::next_traffic_secret(kTlsAes128GcmSha256, secret).empty());
    CHECK(tls::next_traffic_secret(kAes128Sha, secret).empty());
    CHECK(tls::hkdf_expand_label(Hash::sha1, secret, "key", {}, 16).empty());
    CHECK(tls::hkdf_expand_label(Hash::sha256, secret, std::string(250, 'x'), {}, 16).empty());

    tls::Negotiated negotiated;
    negotiated.version = 0x0303;
    negotiated.cipher_suite = kAes128Sha;
    CHECK(tls::key_block(negotiated, secret));
    CHECK_FALSE(tls::key_block(negotiated, bytes::View{secret}.first(47)));
    negotiated.version = 0x0304;
    CHECK_FALSE(tls::key_block(negotiated, secret));
    negotiated.version = 0x0300;
    CHECK_FALSE(tls::key_block(negotiated, secret));
    negotiated.version = 0x0303;
    negotiated.cipher_suite = kTlsAes128GcmSha256;
    CHECK_FALSE(tls::key_block(negotiated, secret));
    negotiated.cipher_suite = 0xFFFF;
    CHECK(tls::master_secret(negotiated, secret, {}).empty());
}

TEST_CASE("a key block has the pieces that suite and version need") {
    struct Row {
        std::uint16_t version, suite;
        std::size_t mac_key, key, iv;
    };
    const auto row = GENERATE(values<Row>({
        {0x0301, 0x002F, 20, 16, 16},  // TLS_RSA_WITH_AES_128_CBC_SHA
        {0x0302, 0x002F, 20, 16, 0},
        {0x0301, 0x000A, 20, 24, 8},  // TLS_RSA_WITH_3DES_EDE_CBC_SHA
        {0x0303, 0x0004, 16, 16, 0},  // TLS_RSA_WITH_RC4_128_MD5
        {0x0303, 0xC028, 48, 32, 0},  // TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384
        {0x0303, 0xC030, 0, 32, 4},   // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        {0x0303, 0xC09D, 0, 32, 4},   // TLS_RSA_WITH_AES_256_CCM
        {0x0303, 0xCCA8, 0, 32, 12},  // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    }));
    tls::Negotiated negotiated;
    negotiated.version = row.version;
    negotiated.cipher_suite = row.suite;
    const auto block = tls::key_block(negotiated, std::vector<std::byte>(48));
    REQUIRE(block);
    CHECK(block->client.mac_key.size() == row.mac_key);
    CHECK(block->server.key.size() == row.key);
    CHECK(block->client.iv.size() == row.iv);
    CHECK(hex_of(block->client.key) != hex_of(block->server.key));
}

TEST_CASE("the name of a suite says what its parts are") {
    struct Row {
        std::uint16_t suite;
        KeyExchange key_exchange;
        CipherMode mode;
        std::string_view algorithm;
        Hash mac, prf;
        int tag_size;
    };
    const auto row = GENERATE(values<Row>({
        {0x0005, KeyExchange::rsa, CipherMode::stream, "", Hash::sha1, Hash::sha256, 0},
        {0x000A, KeyExchange::rsa, CipherMode::block, "DES-EDE3-CBC", Hash::sha1, Hash::sha256, 0},
        {0x0033, KeyExchange::dhe, CipherMode::block, "AES-128-CBC", Hash::sha1, Hash::sha256, 0},
        {0x003D, KeyExchange::rsa, CipherMode::block, "AES-256-CBC", Hash::sha256, Hash::sha256, 0},
        {0x009D, KeyExchange::rsa, CipherMode::aead, "AES-256-GCM", Hash::none, Hash::sha384, 16},
        {0x1301, KeyExchange::tls13, CipherMode::aead, "AES-128-GCM", Hash::none, Hash::sha256, 16},
        {0x1302, KeyExchange::tls13, CipherMode::aead, "AES-256-GCM", Hash::none, Hash::sha384, 16},
        {0x1303, KeyExchange::tls13, CipherMode::aead, "ChaCha20-Poly1305", Hash::none, Hash::sha256, 16},
        {0x1304, KeyExchange::tls13, CipherMode::aead, "AES-128-CCM", Hash::none, Hash::sha256, 16},
        {0x1305, KeyExchange::tls13, CipherMode::aead, "AES-128-CCM", Hash::none, Hash::sha256, 8},
        {0xC013, KeyExchange::ecdhe, CipherMode::block, "AES-128-CBC", Hash::sha1, Hash::sha256, 0},
        {0xC024, KeyExchange::ecdhe, CipherMode::block, "AES-256-CBC", Hash::sha384, Hash::sha384, 0},
        {0xC031, KeyExchange::ecdh, CipherMode::aead, "AES-128-GCM", Hash::none, Hash::sha256, 16},
        {0xC0A0, KeyExchange::rsa, CipherMode::aead, "AES-128-CCM", Hash::none, Hash::sha256, 8},
        {0xCCAB, KeyExchange::psk, CipherMode::aead, "ChaCha20-Poly1305", Hash::none, Hash::sha256, 16},
    }));
    CAPTURE(tls::cipher_suite_name(row.suite));
    const auto suite = tls::cipher_parameters(row.suite);
    REQUIRE(suite);
    CHECK(suite->key_exchange == row.key_exchange);
    CHECK(suite->mode == row.mode);
    CHECK(suite->algorithm == row.algorithm);
    CHECK(suite->mac == row.mac);
    CHECK(suite->prf == row.prf);
    CHECK(suite->tag_size == row.tag_size);
}

TEST_CASE("suites that nobody can open here are known for it") {
    // NULL_WITH_NULL_NULL, RC4 of 40 bits, DES of 40 and 56, renegotiation's and fallback's signals, unknown, GREASE
    const auto suite = GENERATE(as<std::uint16_t>{}, 0x0000, 0x0003, 0x0008, 0x0009, 0x00FF, 0x5600, 0xFFFE, 0x0A0A);
    CHECK_FALSE(tls::cipher_parameters(suite));
    CHECK(tls::handshake_hash(0x0303, suite) == Hash::none);
}

TEST_CASE("the hash of the handshake messages can be asked for at any time") {
    tls::Transcript transcript;
    transcript.add(bytes::view_of("ab"));
    const std::string early = hex_of(transcript.digest(Hash::sha256));
    CHECK(early == "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603");
    transcript.add(bytes::view_of("c"));
    CHECK(hex_of(transcript.digest(Hash::sha256)) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex_of(transcript.digest(Hash::md5_sha1)) ==
          "900150983cd24fb0d6963f7d28e17f72a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(transcript.digest(Hash::sha384).size() == 48);
    CHECK(transcript.digest(Hash::sha1).empty());
}

namespace {

// A key of this run, its file, and what a client would send to it.
struct RsaFixture {
    EVP_PKEY* pkey = EVP_RSA_gen(1024);
    RsaFixture() = default;
    RsaFixture(const RsaFixture&) = delete;
    ~RsaFixture() { EVP_PKEY_free(pkey); }

    test::Bytes pem(const char* passphrase = nullptr) const {
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_PrivateKey(out, pkey, passphrase ? EVP_aes_128_cbc() : nullptr, nullptr, 0, nullptr,
                                 const_cast<char*>(passphrase));
        char* text = nullptr;
        const auto size = static_cast<std::size_t>(BIO_get_mem_data(out, &text));
        const auto view = bytes::view_of({text, size});
        test::Bytes copy(view.begin(), view.end());
        BIO_free(out);
        return copy;
    }
    test::Bytes der() const {
        unsigned char* raw = nullptr;
        const auto size = static_cast<std::size_t>(i2d_PrivateKey(pkey, &raw));
        const auto view = std::as_bytes(std::span{raw, size});
        test::Bytes copy(view.begin(), view.end());
        OPENSSL_free(raw);
        return copy;
    }
    // [RFC 5246] 7.4.7.1
    test::Bytes client_key_exchange(const test::Bytes& premaster) const {
        EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(pkey, nullptr);
        EVP_PKEY_encrypt_init(context);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
        test::Bytes out(128);
        std::size_t size = out.size();
        EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                         reinterpret_cast<const unsigned char*>(premaster.data()), premaster.size());
        EVP_PKEY_CTX_free(context);
        return test::operator+(test::be(size, 2), out);
    }
};

}  // namespace

TEST_CASE("an RSA key opens what was encrypted for it, and nothing else") {
    using test::operator+;
    const RsaFixture ours, theirs;
    const test::Bytes premaster = test::be(0x0303, 2) + test::Bytes(46, std::byte{0x5A});
    const auto exchange = ours.client_key_exchange(premaster);
    const auto key = tls::RsaKey::from(ours.pem());
    REQUIRE(key);
    const auto opened = key->premaster(exchange);
    REQUIRE(opened);
    CHECK(bytes::hex(opened->view()) == bytes::hex(premaster));
    const auto from_der = tls::RsaKey::from(ours.der());
    REQUIRE(from_der);
    CHECK(from_der->premaster(exchange));

    const auto other = tls::RsaKey::from(theirs.pem());
    REQUIRE(other);
    const auto noise = other->premaster(exchange);
    CHECK((!noise || bytes::hex(noise->view()) != bytes::hex(premaster)));
    for (std::size_t n = 0; n < exchange.size(); ++n) CHECK_FALSE(key->premaster(bytes::View{exchange}.first(n)));
    CHECK_FALSE(key->premaster(ours.client_key_exchange(test::be(0x0303, 2) + test::Bytes(45))));
    CHECK_FALSE(key->premaster(ours.client_key_exchange(test::be(0x0203, 2) + test::Bytes(46))));
}

TEST_CASE("a file that is no RSA key, or one that needs a passphrase, is no key") {
    const RsaFixture ours;
    EVP_PKEY* curve = EVP_EC_gen("P-256");
    unsigned char* raw = nullptr;
    const auto size = static_cast<std::size_t>(i2d_PrivateKey(curve, &raw));
    CHECK_FALSE(tls::RsaKey::from(std::as_bytes(std::span{raw, size})));
    OPENSSL_free(raw);
    EVP_PKEY_free(curve);
    CHECK_FALSE(tls::RsaKey::from({}));
    CHECK_FALSE(tls::RsaKey::from(bytes::view_of("-----BEGIN PRIVATE KEY-----\n")));
    CHECK_FALSE(tls::RsaKey::from(ours.pem("secret")));
    const auto key = tls::RsaKey::from(ours.pem());
    REQUIRE(key);
    CHECK_FALSE(key->fits(bytes::view_of("no certificate")));
}
