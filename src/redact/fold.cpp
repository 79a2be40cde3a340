#include "src/redact/fold.hpp"

namespace rdpdx::redact {
namespace {

struct Pair {
    unsigned lead, next;
};

// The lower case of one character of two bytes.
Pair lowered(Pair c) noexcept {
    if (c.lead == 0xC3 && c.next >= 0x80 && c.next <= 0x9E && c.next != 0x97) return {c.lead, c.next + 0x20};
    if (c.lead == 0xCE && c.next >= 0x91 && c.next <= 0x9F) return {c.lead, c.next + 0x20};
    if (c.lead == 0xCE && c.next >= 0xA0 && c.next <= 0xA9) return {0xCF, c.next - 0x20};
    if (c.lead == 0xD0 && c.next >= 0x90 && c.next <= 0x9F) return {c.lead, c.next + 0x20};
    if (c.lead == 0xD0 && c.next >= 0xA0 && c.next <= 0xAF) return {0xD1, c.next - 0x20};
    return c;
}

}  // namespace

std::string folded(std::string_view text) {
    std::string out{text};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto c = static_cast<unsigned char>(out[i]);
        if (c >= 'A' && c <= 'Z') {
            out[i] = static_cast<char>(c + 0x20);
        } else if (c >= 0xC3 && c <= 0xD0 && i + 1 < out.size()) {
            const Pair low = lowered({c, static_cast<unsigned char>(out[i + 1])});
            out[i] = static_cast<char>(low.lead);
            out[++i] = static_cast<char>(low.next);
        }
    }
    return out;
}

}  // namespace rdpdx::redact
