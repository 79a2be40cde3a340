// Records made with given secrets: the other way round, for what no openssl of today sends.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <numeric>
#include <optional>
#include <string>

#include "parsers/tls/key_schedule.hpp"
#include "tests/support/tls.hpp"

namespace rdpdx::test {

inline Bytes copy_of(bytes::View view) { return {view.begin(), view.end()}; }
inline const unsigned char* raw(bytes::View view) { return reinterpret_cast<const unsigned char*>(view.data()); }

// The stream cipher as the world knows it since 1994.
class Arcfour {
public:
    explicit Arcfour(bytes::View key) {
        std::iota(state_.begin(), state_.end(), std::uint8_t{0});
        for (std::size_t i = 0, j = 0; i < 256 && !key.empty(); ++i) {
            j = (j + state_[i] + std::to_integer<std::size_t>(key[i % key.size()])) % 256;
            std::swap(state_[i], state_[j]);
        }
    }
    Bytes apply(Bytes text) {
        for (std::byte& b : text) {
            i_ = static_cast<std::uint8_t>(i_ + 1);
            j_ = static_cast<std::uint8_t>(j_ + state_[i_]);
            std::swap(state_[i_], state_[j_]);
            b ^= static_cast<std::byte>(state_[static_cast<std::uint8_t>(state_[i_] + state_[j_])]);
        }
        return text;
    }

private:
    std::array<std::uint8_t, 256> state_{};
    std::uint8_t i_{}, j_{};
};

// One side that sends. Nothing where its keys cannot be made.
class Sealer {
public:
    static std::optional<Sealer> make(const tls::Negotiated& negotiated, tls::Side side, bytes::View secret) {
        const auto suite = tls::cipher_parameters(negotiated.cipher_suite);
        if (!suite) return {};
        std::optional<tls::RecordKeys> keys;
        if (negotiated.version == 0x0304)
            keys = tls::traffic_keys(negotiated.cipher_suite, secret);
        else if (auto block = tls::key_block(negotiated, secret))
            keys = side == tls::Side::client ? block->client : block->server;
        if (!keys) return {};
        return Sealer{negotiated, *suite, *keys};
    }

    // The header that belongs to the fragment.
    tls::RecordHeader header(std::uint8_t type, const Bytes& fragment) const {
        const bool tls13 = negotiated_.version == 0x0304;
        return {static_cast<std::uint8_t>(tls13 ? 23 : type),
                static_cast<std::uint16_t>(tls13 ? 0x0303 : negotiated_.version),
                static_cast<std::uint16_t>(fragment.size())};
    }
    // `padding`: of TLS 1.3 zeros behind the type, of CBC further whole blocks.
    Bytes seal(std::uint8_t type, const Bytes& text, std::size_t padding = 0) {
        if (negotiated_.version == 0x0304) return seal_inner(text + be(type, 1) + Bytes(padding));
        const Bytes fragment = suite_.mode == tls::CipherMode::aead    ? seal_aead(type, text)
                               : suite_.mode == tls::CipherMode::block ? seal_block(type, text, padding)
                                                                       : rc4(text + mac(type, text, text.size()));
        ++sequence;
        return fragment;
    }
    // TLS 1.3: any TLSInnerPlaintext at all.
    Bytes seal_inner(const Bytes& inner) {
        const Bytes additional = be(23, 1) + be(0x0303, 2) + be(inner.size() + suite_.tag_size, 2);
        const Bytes out = aead(counted_nonce(), additional, inner);
        ++sequence;
        return out;
    }
    // CBC, MAC-then-encrypt: any blocks at all.
    Bytes seal_blocks(const Bytes& blocks) {
        ++sequence;
        return encrypt_blocks(blocks);
    }

    std::uint64_t sequence = 0;      // of DTLS with the epoch before it
    std::uint16_t wire_version = 0;  // of DTLS; else the negotiated one

private:
    Sealer(const tls::Negotiated& negotiated, const tls::CipherParameters& suite, const tls::RecordKeys& keys)
        : negotiated_{negotiated},
          suite_{suite},
          keys_{keys},
          arcfour_{keys.key.view()},
          chained_{copy_of(keys.iv.view())} {}

    Bytes counted_nonce() const {
        Bytes out = copy_of(keys_.iv.view());
        const Bytes number = Bytes(4) + be(sequence, 8);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= number[i];
        return out;
    }
    Bytes numbered(std::uint8_t type, std::size_t size) const {
        return be(sequence, 8) + be(type, 1) + be(wire_version ? wire_version : negotiated_.version, 2) + be(size, 2);
    }
    Bytes mac(std::uint8_t type, const Bytes& text, std::size_t size) const {
        const EVP_MD* digest = suite_.mac == tls::Hash::md5      ? EVP_md5()
                               : suite_.mac == tls::Hash::sha1   ? EVP_sha1()
                               : suite_.mac == tls::Hash::sha256 ? EVP_sha256()
                                                                 : EVP_sha384();
        const Bytes all = numbered(type, size) + text;
        Bytes out(tls::hash_size(suite_.mac));
        HMAC(digest, keys_.mac_key.view().data(), static_cast<int>(keys_.mac_key.size()), raw(all), all.size(),
             reinterpret_cast<unsigned char*>(out.data()), nullptr);
        return out;
    }
    Bytes rc4(const Bytes& text) { return suite_.key_size == 0 ? text : arcfour_.apply(text); }
    Bytes seal_block(std::uint8_t type, const Bytes& text, std::size_t more) {
        const std::size_t block = suite_.block_size;
        const auto padded = [&](const Bytes& content) {
            const std::size_t pad = block - content.size() % block + more * block;
            return content + Bytes(pad, static_cast<std::byte>(pad - 1));
        };
        if (!negotiated_.encrypt_then_mac) return encrypt_blocks(padded(text + mac(type, text, text.size())));
        const Bytes covered = encrypt_blocks(padded(text));
        return covered + mac(type, covered, covered.size());
    }
    Bytes encrypt_blocks(const Bytes& blocks) {
        const bool chained = negotiated_.version == 0x0301;
        const Bytes iv = chained ? chained_ : Bytes(suite_.block_size, std::byte{0xA5});
        Bytes out(blocks.size());
        run(iv, {}, blocks, out, nullptr);
        if (chained) chained_ = Bytes(out.end() - suite_.block_size, out.end());
        return (chained ? Bytes{} : iv) + out;
    }
    Bytes seal_aead(std::uint8_t type, const Bytes& text) const {
        const Bytes additional = numbered(type, text.size());
        if (keys_.iv.size() == 12) return aead(counted_nonce(), additional, text);
        const Bytes nonce_explicit = be(0x1122334455667788 + sequence, 8);
        return nonce_explicit + aead(copy_of(keys_.iv.view()) + nonce_explicit, additional, text);
    }
    Bytes aead(const Bytes& nonce, const Bytes& additional, const Bytes& text) const {
        Bytes out(text.size()), tag(suite_.tag_size);
        run(nonce, additional, text, out, &tag);
        return out + tag;
    }
    void run(const Bytes& iv, const Bytes& additional, const Bytes& text, Bytes& out, Bytes* tag) const {
        const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> owner{EVP_CIPHER_CTX_new(),
                                                                                    &EVP_CIPHER_CTX_free};
        EVP_CIPHER_CTX* c = owner.get();
        const EVP_CIPHER* cipher = EVP_get_cipherbyname(std::string{suite_.algorithm}.c_str());
        const bool ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
        const int tag_size = suite_.tag_size, size = static_cast<int>(text.size());
        int n = 0;
        EVP_EncryptInit_ex(c, cipher, nullptr, nullptr, nullptr);
        if (tag) EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr);
        if (ccm) EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_size, nullptr);
        EVP_EncryptInit_ex(c, nullptr, nullptr, raw(keys_.key.view()), raw(iv));
        EVP_CIPHER_CTX_set_padding(c, 0);
        if (ccm) EVP_EncryptUpdate(c, nullptr, &n, nullptr, size);
        if (tag) EVP_EncryptUpdate(c, nullptr, &n, raw(additional), static_cast<int>(additional.size()));
        // Room behind: a null pointer has a meaning of its own.
        out.resize(text.size() + 1);
        const Bytes in = text + Bytes(1);
        EVP_EncryptUpdate(c, reinterpret_cast<unsigned char*>(out.data()), &n, raw(in), size);
        out.resize(text.size());
        unsigned char nothing[EVP_MAX_BLOCK_LENGTH];
        EVP_EncryptFinal_ex(c, nothing, &n);
        if (tag) EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, tag_size, tag->data());
    }

    tls::Negotiated negotiated_;
    tls::CipherParameters suite_;
    tls::RecordKeys keys_;
    Arcfour arcfour_;
    Bytes chained_;
};

}  // namespace rdpdx::test
