#include "src/app/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <span>

#include "parsers/bytes/text.hpp"

namespace rdpdx::app {

struct Digest::State {
    EVP_MD_CTX* context{EVP_MD_CTX_new()};
    ~State() { EVP_MD_CTX_free(context); }
};

Digest::Digest() : state_{std::make_unique<State>()} { EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr); }
Digest::~Digest() = default;

Digest& Digest::add(std::string_view piece) {
    const std::string length = std::to_string(piece.size()) + ":";
    EVP_DigestUpdate(state_->context, length.data(), length.size());
    EVP_DigestUpdate(state_->context, piece.data(), piece.size());
    return *this;
}

Digest& Digest::add_raw(rdpdx::bytes::View piece) {
    EVP_DigestUpdate(state_->context, piece.data(), piece.size());
    return *this;
}

std::array<unsigned char, 32> Digest::bytes() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
    return digest;
}

std::string Digest::hex() {
    const auto digest = bytes();
    return rdpdx::bytes::hex(std::as_bytes(std::span{digest}));
}

}  // namespace rdpdx::app
