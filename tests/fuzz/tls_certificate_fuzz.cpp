// Any bytes as a certificate. OpenSSL reads it; what is ours is the text that comes out and its error queue.
#include <cstdlib>

#include "parsers/tls/tls.hpp"

using namespace rdpdx;

namespace {
void require(bool holds) {
    if (!holds) std::abort();
}
bool utf8(const std::string& text) { return bytes::valid_utf8(text) == text; }
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto cert = tls::parse_certificate(std::as_bytes(std::span{data, size}));
    if (!cert) return 0;
    require(utf8(cert->subject) && utf8(cert->issuer));
    for (const auto& name : cert->subject_alt_names) require(utf8(name));
    require(cert->sha1.size() == 40 && cert->sha256.size() == 64);
    require(!cert->self_signed || cert->self_issued);
    require(cert->key_algorithm != "unreadable" || cert->key_bits == 0);
    return 0;
}
