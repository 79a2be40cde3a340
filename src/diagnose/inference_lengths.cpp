#include "src/diagnose/inference_lengths.hpp"

#include <array>
#include <string_view>

namespace rdpdx::diagnose {
namespace {

constexpr std::uint32_t kTag = 16, kShortTag = 8;

bool has(std::string_view name, std::string_view part) { return name.find(part) != std::string_view::npos; }

// [RFC 5246] 6.2.3.1: the HMAC of the hash that the suite's name ends with.
std::optional<std::uint32_t> mac_of(std::string_view cipher) {
    struct Mac {
        std::string_view suffix;
        std::uint32_t length;
    };
    constexpr std::array kMacs{Mac{"_SHA", 20}, Mac{"_SHA256", 32}, Mac{"_SHA384", 48}, Mac{"_MD5", 16}};
    for (const Mac& m : kMacs)
        if (cipher.ends_with(m.suffix)) return m.length;
    return {};
}

// [RFC 8446] 5.2: the content type and the tag. Its padding is none, as far as anybody has seen in RDP.
std::optional<Overhead> of_tls13(std::string_view cipher) {
    if (!has(cipher, "_GCM_") && !has(cipher, "_CCM_") && !has(cipher, "_POLY1305_")) return {};
    return Overhead{1 + (has(cipher, "_CCM_8") ? kShortTag : kTag), 0, false};
}

// [RFC 5246] 6.2.3.2: vector, MAC, and one to `block` bytes of padding; [RFC 7366] 3 gives the same length or one
// within the same bounds. [RFC 2246] 6.2.3.2: TLS 1.0 sends no vector.
std::optional<Overhead> of_block_cipher(std::string_view cipher, bool vectors) {
    const auto mac = mac_of(cipher);
    if (!mac) return {};
    const std::uint32_t block = has(cipher, "DES_") ? 8 : 16;
    return Overhead{*mac + (vectors ? block : 0), block, !vectors};
}

}  // namespace

std::optional<Overhead> overhead_of(const model::Tls& tls) {
    const std::string_view cipher = tls.cipher;
    if (tls.tls13) return of_tls13(cipher);
    const bool old = tls.version == "TLS 1.0" || tls.version == "SSL 3.0";
    if (!old && tls.version != "TLS 1.1" && tls.version != "TLS 1.2") return {};
    // [RFC 5288] 3, [RFC 6655] 3: eight bytes of nonce stand in the record; [RFC 7905] 2: none.
    constexpr std::uint32_t kNonce = 8;
    if (has(cipher, "_GCM_")) return Overhead{kNonce + kTag, 0, false};
    if (has(cipher, "_CCM_8")) return Overhead{kNonce + kShortTag, 0, false};
    if (has(cipher, "_CCM")) return Overhead{kNonce + kTag, 0, false};
    if (has(cipher, "_POLY1305_")) return Overhead{kTag, 0, false};
    if (has(cipher, "_CBC_")) return of_block_cipher(cipher, !old);
    if (has(cipher, "_RC4_"))
        if (const auto mac = mac_of(cipher)) return Overhead{*mac, 0, false};
    return {};
}

std::optional<Lengths> plaintext_of(const Overhead& overhead, std::uint16_t record_length) noexcept {
    const std::uint32_t least_record = overhead.fixed + (overhead.padding > 0 ? 1 : 0);
    if (record_length < least_record) return {};
    const std::uint32_t rest = record_length - overhead.fixed;
    if (overhead.padding == 0) return Lengths{rest, rest};
    return Lengths{rest > overhead.padding ? rest - overhead.padding : 0, rest - 1};
}

}  // namespace rdpdx::diagnose
