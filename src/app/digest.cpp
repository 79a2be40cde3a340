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

std::string Digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_DigestFinal_ex(state_->context, digest.data(), &length);
    return bytes::hex(std::as_bytes(std::span{digest.data(), length}));
}

}  // namespace rdpdx::app
