#include "parsers/tls/digest.hpp"

#include <openssl/evp.h>

#include <array>

#include "parsers/bytes/text.hpp"

namespace rdpdx::tls {
namespace {

std::string digest(bytes::View data, const EVP_MD* algorithm) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    if (EVP_Digest(data.data(), data.size(), out.data(), &length, algorithm, nullptr) != 1) return {};
    return bytes::hex(std::as_bytes(std::span{out}.first(length)));
}

}  // namespace

std::string sha1_text(bytes::View data) { return digest(data, EVP_sha1()); }
std::string sha256_text(bytes::View data) { return digest(data, EVP_sha256()); }

}  // namespace rdpdx::tls
