#include "parsers/tls/key_schedule.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <vector>

#include "parsers/tls/libcrypto.hpp"

namespace rdpdx::tls {
namespace {

constexpr std::uint16_t kTls10 = 0x0301, kTls12 = 0x0303;
constexpr std::size_t kMasterSecretSize = 48;
// [RFC 5288] 3, [RFC 6655] 3: the salt; [RFC 7905] 2 and [RFC 8446] 5.3: the whole nonce.
constexpr std::size_t kSaltSize = 4, kNonceSize = 12;

std::vector<std::byte> concatenate(std::initializer_list<bytes::View> parts) {
    std::vector<std::byte> out;
    for (const bytes::View part : parts) out.insert(out.end(), part.begin(), part.end());
    return out;
}

OSSL_PARAM octets(const char* name, bytes::View bytes) {
    // libcrypto does not write through it, but asks for a pointer that could.
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::byte*>(bytes.data()), bytes.size());
}

Secret derive(const char* kdf_name, OSSL_PARAM* parameters, std::size_t size) {
    const OpenSslPtr<EVP_KDF, EVP_KDF_free> kdf{EVP_KDF_fetch(nullptr, kdf_name, nullptr)};
    const OpenSslPtr<EVP_KDF_CTX, EVP_KDF_CTX_free> context{EVP_KDF_CTX_new(kdf.get())};
    Secret out{size};
    if (!context || EVP_KDF_derive(context.get(), octets_of(out.writable()), size, parameters) <= 0) return {};
    return out;
}

bytes::View view_of(const Random& random) noexcept { return std::as_bytes(std::span{random}); }

std::size_t fixed_iv_size(const CipherParameters& suite, std::uint16_t version) noexcept {
    if (suite.mode == CipherMode::block) return version == kTls10 ? suite.block_size : 0;
    if (suite.mode == CipherMode::stream) return 0;
    return suite.algorithm == kChaCha20Poly1305 ? kNonceSize : kSaltSize;
}

}  // namespace

Secret prf(Hash hash, bytes::View secret, std::string_view label, bytes::View seed, std::size_t size) {
    const auto whole_seed = concatenate({bytes::view_of(label), seed});
    std::string digest{libcrypto_name(hash)};
    OSSL_PARAM parameters[]{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                            octets(OSSL_KDF_PARAM_SECRET, secret), octets(OSSL_KDF_PARAM_SEED, whole_seed),
                            OSSL_PARAM_construct_end()};
    return derive("TLS1-PRF", parameters, size);
}

Secret hkdf_expand_label(Hash hash, bytes::View secret, std::string_view label, bytes::View context, std::size_t size) {
    constexpr std::string_view kPrefix = "tls13 ";
    constexpr std::size_t kMost = 255;
    if ((hash != Hash::sha256 && hash != Hash::sha384) || label.size() > kMost - kPrefix.size() ||
        context.size() > kMost || size > 0xFFFF)
        return {};
    const std::array length{static_cast<std::byte>(size >> 8), static_cast<std::byte>(size & 0xFF)};
    const std::array label_length{static_cast<std::byte>(kPrefix.size() + label.size())};
    const std::array context_length{static_cast<std::byte>(context.size())};
    const auto info =
        concatenate({length, label_length, bytes::view_of(kPrefix), bytes::view_of(label), context_length, context});
    std::string digest{libcrypto_name(hash)};
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    OSSL_PARAM parameters[]{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                            OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode), octets(OSSL_KDF_PARAM_KEY, secret),
                            octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
    return derive("HKDF", parameters, size);
}

Hash handshake_hash(std::uint16_t version, std::uint16_t cipher_suite) noexcept {
    const auto suite = cipher_parameters(cipher_suite);
    if (!suite) return Hash::none;
    return version < kTls12 ? Hash::md5_sha1 : suite->prf;
}

Secret master_secret(const Negotiated& negotiated, bytes::View premaster, bytes::View session_hash) {
    const Hash hash = handshake_hash(negotiated.version, negotiated.cipher_suite);
    if (hash == Hash::none) return {};
    if (negotiated.extended_master_secret)
        return prf(hash, premaster, "extended master secret", session_hash, kMasterSecretSize);
    const auto randoms = concatenate({view_of(negotiated.client_random), view_of(negotiated.server_random)});
    return prf(hash, premaster, "master secret", randoms, kMasterSecretSize);
}

std::optional<KeyBlock> key_block(const Negotiated& negotiated, bytes::View master) {
    const auto suite = cipher_parameters(negotiated.cipher_suite);
    if (!suite || suite->key_exchange == KeyExchange::tls13) return {};
    if (negotiated.version < kTls10 || negotiated.version > kTls12 || master.size() != kMasterSecretSize) return {};

    const std::size_t mac_size = hash_size(suite->mac), iv_size = fixed_iv_size(*suite, negotiated.version);
    const auto randoms = concatenate({view_of(negotiated.server_random), view_of(negotiated.client_random)});
    const Secret block = prf(handshake_hash(negotiated.version, negotiated.cipher_suite), master, "key expansion",
                             randoms, 2 * (mac_size + suite->key_size + iv_size));
    bytes::Cursor in{block.view()};
    KeyBlock out;
    out.client.mac_key = Secret{in.take(mac_size, "client_write_MAC_key")};
    out.server.mac_key = Secret{in.take(mac_size, "server_write_MAC_key")};
    out.client.key = Secret{in.take(suite->key_size, "client_write_key")};
    out.server.key = Secret{in.take(suite->key_size, "server_write_key")};
    out.client.iv = Secret{in.take(iv_size, "client_write_IV")};
    out.server.iv = Secret{in.take(iv_size, "server_write_IV")};
    if (in.error()) return {};
    return out;
}

std::optional<RecordKeys> traffic_keys(std::uint16_t cipher_suite, bytes::View traffic_secret) {
    const auto suite = cipher_parameters(cipher_suite);
    if (!suite || suite->key_exchange != KeyExchange::tls13 || traffic_secret.size() != hash_size(suite->prf))
        return {};
    RecordKeys out{{},
                   hkdf_expand_label(suite->prf, traffic_secret, "key", {}, suite->key_size),
                   hkdf_expand_label(suite->prf, traffic_secret, "iv", {}, kNonceSize)};
    if (out.key.empty() || out.iv.empty()) return {};
    return out;
}

Secret next_traffic_secret(std::uint16_t cipher_suite, bytes::View traffic_secret) {
    const auto suite = cipher_parameters(cipher_suite);
    if (!suite || suite->key_exchange != KeyExchange::tls13 || traffic_secret.size() != hash_size(suite->prf))
        return {};
    return hkdf_expand_label(suite->prf, traffic_secret, "traffic upd", {}, traffic_secret.size());
}

struct Transcript::Hashes {
    struct Running {
        Hash hash;
        OpenSslPtr<EVP_MD_CTX, EVP_MD_CTX_free> context;
    };
    std::vector<Running> running;
};

Transcript::Transcript() : hashes_{std::make_unique<Hashes>()} {
    for (const Hash hash : {Hash::md5_sha1, Hash::sha256, Hash::sha384}) {
        Hashes::Running one{hash, OpenSslPtr<EVP_MD_CTX, EVP_MD_CTX_free>{EVP_MD_CTX_new()}};
        if (one.context && EVP_DigestInit_ex(one.context.get(), libcrypto_digest(hash), nullptr) > 0)
            hashes_->running.push_back(std::move(one));
    }
}
Transcript::Transcript(Transcript&&) noexcept = default;
Transcript& Transcript::operator=(Transcript&&) noexcept = default;
Transcript::~Transcript() = default;

void Transcript::add(bytes::View messages) {
    for (const auto& one : hashes_->running) EVP_DigestUpdate(one.context.get(), messages.data(), messages.size());
}

Secret Transcript::digest(Hash hash) const {
    const auto one = std::ranges::find(hashes_->running, hash, &Hashes::Running::hash);
    if (one == hashes_->running.end()) return {};
    const OpenSslPtr<EVP_MD_CTX, EVP_MD_CTX_free> copy{EVP_MD_CTX_new()};
    Secret out{hash_size(hash)};
    if (!copy || EVP_MD_CTX_copy_ex(copy.get(), one->context.get()) <= 0 ||
        EVP_DigestFinal_ex(copy.get(), octets_of(out.writable()), nullptr) <= 0)
        return {};
    return out;
}

}  // namespace rdpdx::tls
