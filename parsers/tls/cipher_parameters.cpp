// A suite's registered name spells its parts, so the table of names is the only table of suites.
#include "parsers/tls/cipher_parameters.hpp"

#include <algorithm>
#include <array>

#include "parsers/tls/tls.hpp"

namespace rdpdx::tls {
namespace {

struct CipherRow {
    std::string_view name, algorithm;
    CipherMode mode;
    std::uint8_t key_size, block_size, tag_size;
};
// [RFC 5246] appendix C, [RFC 5288], [RFC 5932], [RFC 6209], [RFC 6655], [RFC 7905]. A longer name stands before its
// own beginning.
constexpr std::array<CipherRow, 18> kCiphers{{
    {"NULL", "", CipherMode::stream, 0, 0, 0},
    {"RC4_128", "", CipherMode::stream, 16, 0, 0},
    {"3DES_EDE_CBC", "DES-EDE3-CBC", CipherMode::block, 24, 8, 0},
    {"AES_128_CBC", "AES-128-CBC", CipherMode::block, 16, 16, 0},
    {"AES_256_CBC", "AES-256-CBC", CipherMode::block, 32, 16, 0},
    {"AES_128_GCM", "AES-128-GCM", CipherMode::aead, 16, 0, 16},
    {"AES_256_GCM", "AES-256-GCM", CipherMode::aead, 32, 0, 16},
    {"AES_128_CCM_8", "AES-128-CCM", CipherMode::aead, 16, 0, 8},
    {"AES_256_CCM_8", "AES-256-CCM", CipherMode::aead, 32, 0, 8},
    {"AES_128_CCM", "AES-128-CCM", CipherMode::aead, 16, 0, 16},
    {"AES_256_CCM", "AES-256-CCM", CipherMode::aead, 32, 0, 16},
    {"CHACHA20_POLY1305", "ChaCha20-Poly1305", CipherMode::aead, 32, 0, 16},
    {"CAMELLIA_128_CBC", "CAMELLIA-128-CBC", CipherMode::block, 16, 16, 0},
    {"CAMELLIA_256_CBC", "CAMELLIA-256-CBC", CipherMode::block, 32, 16, 0},
    {"ARIA_128_CBC", "ARIA-128-CBC", CipherMode::block, 16, 16, 0},
    {"ARIA_256_CBC", "ARIA-256-CBC", CipherMode::block, 32, 16, 0},
    {"ARIA_128_GCM", "ARIA-128-GCM", CipherMode::aead, 16, 0, 16},
    {"ARIA_256_GCM", "ARIA-256-GCM", CipherMode::aead, 32, 0, 16},
}};

struct HashRow {
    std::string_view name;
    Hash hash;
};
// The empty name: the CCM suites of [RFC 6655], whose PRF is that of TLS 1.2 itself.
constexpr std::array kHashes{HashRow{"_MD5", Hash::md5}, HashRow{"_SHA", Hash::sha1}, HashRow{"_SHA256", Hash::sha256},
                             HashRow{"_SHA384", Hash::sha384}, HashRow{"", Hash::sha256}};

struct KeyExchangeRow {
    std::string_view name;
    KeyExchange kind;
};
// How the first part of a name begins.
constexpr std::array kKeyExchanges{KeyExchangeRow{"ECDHE", KeyExchange::ecdhe},
                                   KeyExchangeRow{"ECDH", KeyExchange::ecdh}, KeyExchangeRow{"DHE", KeyExchange::dhe},
                                   KeyExchangeRow{"DH", KeyExchange::dh}};

KeyExchange key_exchange_of(std::string_view name) noexcept {
    if (name == "RSA") return KeyExchange::rsa;
    if (name.find("PSK") != name.npos) return KeyExchange::psk;
    for (const KeyExchangeRow& row : kKeyExchanges)
        if (name.starts_with(row.name)) return row.kind;
    return KeyExchange::other;
}

}  // namespace

std::optional<CipherParameters> cipher_parameters(std::uint16_t suite) noexcept {
    constexpr std::string_view kPrefix = "TLS_", kWith = "_WITH_";
    std::string_view name = cipher_suite_name(suite);
    if (!name.starts_with(kPrefix)) return {};
    name.remove_prefix(kPrefix.size());

    CipherParameters out{};
    out.key_exchange = KeyExchange::tls13;
    if (const auto with = name.find(kWith); with != name.npos) {
        out.key_exchange = key_exchange_of(name.substr(0, with));
        name.remove_prefix(with + kWith.size());
    }
    const auto cipher = std::ranges::find_if(kCiphers, [name](const CipherRow& r) { return name.starts_with(r.name); });
    if (cipher == kCiphers.end()) return {};
    const auto hash = std::ranges::find(kHashes, name.substr(cipher->name.size()), &HashRow::name);
    if (hash == kHashes.end()) return {};

    out.mode = cipher->mode;
    out.algorithm = cipher->algorithm;
    out.key_size = cipher->key_size;
    out.block_size = cipher->block_size;
    out.tag_size = cipher->tag_size;
    out.mac = cipher->mode == CipherMode::aead ? Hash::none : hash->hash;
    out.prf = hash->hash == Hash::sha384 ? Hash::sha384 : Hash::sha256;
    return out;
}

std::size_t hash_size(Hash hash) noexcept {
    switch (hash) {
        case Hash::md5:
            return 16;
        case Hash::sha1:
            return 20;
        case Hash::sha256:
            return 32;
        case Hash::md5_sha1:
            return 36;
        case Hash::sha384:
            return 48;
        case Hash::none:
            break;
    }
    return 0;
}

}  // namespace rdpdx::tls
