// RC4 stands in libcrypto's legacy provider, which is a file to be loaded; its old function needs none.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "parsers/tls/record_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <string>

namespace rdpdx::tls {
namespace {

constexpr int kNonceSize = 12;

}  // namespace

void RecordCipher::WipeRc4::operator()(RC4_KEY* key) const noexcept {
    OPENSSL_cleanse(key, sizeof *key);
    delete key;
}

std::optional<RecordCipher> RecordCipher::make(const CipherParameters& suite, bytes::View key) {
    if (key.size() != suite.key_size) return {};
    RecordCipher out;
    if (suite.mode == CipherMode::stream) {
        if (key.empty()) return out;
        out.rc4_.reset(new RC4_KEY{});
        RC4_set_key(out.rc4_.get(), static_cast<int>(key.size()), octets_of(key));
        return out;
    }
    const std::string name{suite.algorithm};
    const OpenSslPtr<EVP_CIPHER, EVP_CIPHER_free> cipher{EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr)};
    out.context_.reset(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX* context = out.context_.get();
    if (!cipher || !context || EVP_DecryptInit_ex2(context, cipher.get(), nullptr, nullptr, nullptr) <= 0) return {};
    if (suite.mode == CipherMode::aead) {
        out.tag_size_ = suite.tag_size;
        out.ccm_ = EVP_CIPHER_get_mode(cipher.get()) == EVP_CIPH_CCM_MODE;
        if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, kNonceSize, nullptr) <= 0) return {};
        if (out.ccm_ && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, suite.tag_size, nullptr) <= 0) return {};
    }
    if (EVP_DecryptInit_ex2(context, nullptr, octets_of(key), nullptr, nullptr) <= 0) return {};
    EVP_CIPHER_CTX_set_padding(context, 0);
    return out;
}

bool RecordCipher::open(bytes::View nonce, bytes::View additional_data, bytes::View sealed, std::span<std::byte> out) {
    EVP_CIPHER_CTX* context = context_.get();
    const auto ciphertext = sealed.first(sealed.size() - tag_size_);
    std::array<std::byte, EVP_MAX_BLOCK_LENGTH> tag{};
    std::ranges::copy(sealed.last(tag_size_), tag.begin());
    const auto size = static_cast<int>(ciphertext.size());
    // A null pointer has a meaning of its own there, even with no bytes to decrypt.
    std::array<std::byte, 1> nothing{};
    unsigned char* to = octets_of(out.empty() ? std::span<std::byte>{nothing} : out);
    const unsigned char* from = octets_of(ciphertext.empty() ? bytes::View{nothing} : ciphertext);
    int done = 0;

    const auto set_tag = [&] {
        return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size_), tag.data()) > 0;
    };
    bool good = EVP_DecryptInit_ex2(context, nullptr, nullptr, octets_of(nonce), nullptr) > 0 && set_tag();
    // CCM wants to know the length first and checks the tag before it gives anything.
    if (ccm_) good = good && EVP_DecryptUpdate(context, nullptr, &done, nullptr, size) > 0;
    good = good && EVP_DecryptUpdate(context, nullptr, &done, octets_of(additional_data),
                                     static_cast<int>(additional_data.size())) > 0;
    good = good && EVP_DecryptUpdate(context, to, &done, from, size) > 0;
    if (!ccm_) good = good && EVP_DecryptFinal_ex(context, octets_of(std::span<std::byte>{tag}), &done) > 0;
    if (!good) ERR_clear_error();
    return good;
}

bool RecordCipher::decrypt_blocks(bytes::View iv, bytes::View ciphertext, std::span<std::byte> out) {
    int done = 0;
    const bool good = EVP_DecryptInit_ex2(context_.get(), nullptr, nullptr, octets_of(iv), nullptr) > 0 &&
                      EVP_DecryptUpdate(context_.get(), octets_of(out), &done, octets_of(ciphertext),
                                        static_cast<int>(ciphertext.size())) > 0;
    if (!good) ERR_clear_error();
    return good && static_cast<std::size_t>(done) == ciphertext.size();
}

void RecordCipher::decrypt_stream(bytes::View in, std::span<std::byte> out) {
    if (rc4_)
        RC4(rc4_.get(), in.size(), octets_of(in), octets_of(out));
    else
        std::ranges::copy(in, out.begin());
}

std::optional<RecordMac> RecordMac::make(Hash hash, bytes::View key) {
    if (hash == Hash::none || key.size() != hash_size(hash)) return {};
    const OpenSslPtr<EVP_MAC, EVP_MAC_free> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
    RecordMac out;
    out.context_.reset(EVP_MAC_CTX_new(hmac.get()));
    std::string digest{libcrypto_name(hash)};
    const OSSL_PARAM parameters[]{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                  OSSL_PARAM_construct_end()};
    if (!out.context_ || EVP_MAC_init(out.context_.get(), octets_of(key), key.size(), parameters) <= 0) return {};
    return out;
}

bool RecordMac::fits(std::initializer_list<bytes::View> parts, bytes::View expected) {
    // Without a key it begins anew with the one it has.
    if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) <= 0) return false;
    for (const bytes::View part : parts)
        if (EVP_MAC_update(context_.get(), octets_of(part), part.size()) <= 0) return false;
    std::array<std::byte, EVP_MAX_MD_SIZE> mac{};
    std::size_t size = 0;
    if (EVP_MAC_final(context_.get(), octets_of(std::span<std::byte>{mac}), &size, mac.size()) <= 0) return false;
    return std::ranges::equal(bytes::View{mac}.first(size), expected);
}

}  // namespace rdpdx::tls
