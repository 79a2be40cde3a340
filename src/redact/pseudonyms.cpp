#include "src/redact/pseudonyms.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <span>
#include <vector>

#include "parsers/bytes/text.hpp"
#include "src/redact/fold.hpp"

namespace rdpdx::redact {
namespace {

std::uint32_t number_of(std::span<const unsigned char> bytes) {
    std::uint32_t out = 0;
    for (const unsigned char b : bytes.first(4)) out = out << 8 | b;
    return out;
}

bool is_digit(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::uint32_t value_of(const net::Address& a) noexcept {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | a.octets[i];
    return out;
}

net::Address v4_of(std::uint32_t value) noexcept {
    net::Address out;
    out.family = 4;
    for (std::size_t i = 4; i-- > 0; value >>= 8) out.octets[i] = static_cast<std::uint8_t>(value);
    return out;
}

// Ranges whose addresses stay in them: what stands above `bits`.
struct Range {
    std::uint32_t prefix;
    unsigned bits;
    std::string_view name;
};
constexpr std::array kPrivate{Range{0x0A000000, 24, "10/8"}, Range{0xAC100000, 20, "172.16/12"},
                              Range{0xC0A80000, 16, "192.168/16"}, Range{0x64400000, 22, "100.64/10"},
                              Range{0xA9FE0000, 16, "169.254/16"}};

bool names_no_machine(std::uint32_t v4) noexcept {
    const auto first = v4 >> 24;
    return first == 0 || first == 127 || (first >= 224 && first <= 239) || v4 == 0xFFFFFFFF;
}

bool begins(const net::Address& a, std::initializer_list<std::uint8_t> bytes) noexcept {
    return std::equal(bytes.begin(), bytes.end(), a.octets.begin());
}

net::Address last_four(const net::Address& a) noexcept {
    net::Address out;
    out.family = 4;
    std::copy_n(a.octets.begin() + 12, 4, out.octets.begin());
    return out;
}

std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('-', at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

}  // namespace

Pseudonyms::Block Pseudonyms::block(std::string_view kind, std::string_view value) const {
    std::string message{kind};
    message += '\0';
    message += value;
    Block out{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &length);
    return out;
}

template <class Make>
std::string Pseudonyms::known(std::string_view kind, std::string_view value, Make&& make) {
    if (value.size() > kLongestKept) return make();
    std::string key{kind};
    key += '\0';
    key += value;
    const auto [at, fresh] = made_.try_emplace(std::move(key));
    if (fresh) {
        at->second = make();
        if (at->second != value) originals_.try_emplace(at->second, value);
    }
    return at->second;
}

std::string Pseudonyms::word(std::string_view prefix, std::string_view value) {
    return known(prefix, value, [&] {
        constexpr std::size_t kBytes = 4;
        const Block digest = block("word", folded(value));
        return fmt::format("{}-{}", prefix, bytes::hex(std::as_bytes(std::span{digest}.first(kBytes))));
    });
}

std::string Pseudonyms::digits(std::string_view text) {
    return known("digits", text, [&] { return hex_like(text); });
}

std::string Pseudonyms::hex_like(std::string_view text) const {
    std::string value;
    for (const char c : folded(text))
        if (is_digit(c)) value += c;
    const bool upper = std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'F'; });
    std::string out{text}, stream;
    std::size_t used = 0, blocks = 0;
    for (char& c : out) {
        if (!is_digit(c)) continue;
        if (used == stream.size()) {
            // The value itself goes into the first block only, so that a long one takes no square of its length.
            const Block next = block(fmt::format("digits {}", blocks++), value);
            stream = bytes::hex(std::as_bytes(std::span{next}));
            value = stream;
            used = 0;
        }
        c = stream[used++];
        if (upper && c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

std::string Pseudonyms::mac(std::string_view text) {
    const std::string lower = folded(text);
    const bool group = lower.size() > 1 && std::string_view{"13579bdf"}.find(lower[1]) != std::string_view::npos;
    if (group || lower.find_first_not_of("0-:") == std::string::npos) return std::string{text};
    return known("mac", text, [&] { return "02" + hex_like(text.substr(2)); });
}

// [MS-DTYP] 2.4.2. Behind S-1-5-21 come three numbers of the domain and one of the account, which is a role below 1000.
std::string Pseudonyms::sid(std::string_view text) {
    constexpr std::size_t kAccount = 7, kRoleDigits = 3;
    const auto parts = parts_of(text);
    const auto is = [&](std::size_t at, std::string_view value) { return parts.size() > at && parts[at] == value; };
    const bool domain = is(2, "5") && is(3, "21");
    const bool machine = is(2, "5") && (is(3, "83") || is(3, "97"));
    const bool cloud = is(2, "12");
    const bool others = parts.size() > 2 && !is(2, "5") && !is(2, "15") && !is(2, "16") && parts.size() > 5;
    if (!domain && !machine && !cloud && !others) return std::string{text};
    const auto through = [&](std::size_t last) {
        last = std::min(last, parts.size() - 1);
        return text.substr(0, static_cast<std::size_t>(parts[last].data() + parts[last].size() - text.data()));
    };
    return known("sid", text, [&] {
        const std::size_t from = domain || machine ? 4 : 3;
        std::string out{through(from - 1)};
        for (std::size_t i = from; i < parts.size(); ++i) {
            const bool account = domain && i >= kAccount;
            // Of a domain the three numbers are one value, whoever's account stands behind them.
            const std::string_view of = account ? through(i) : domain ? through(kAccount - 1) : text;
            const std::uint32_t value = number_of(block(fmt::format("sid {}", i), of));
            const bool role = account && parts[i].size() <= kRoleDigits;
            out += role ? fmt::format("-{}", parts[i]) : fmt::format("-{}", account ? 1000 + value % 1'000'000 : value);
        }
        return out;
    });
}

// A permutation of the numbers of so many bits (an even count): six rounds of a Feistel network.
std::uint32_t Pseudonyms::shuffled(std::uint32_t value, unsigned bits, std::string_view range) const {
    constexpr int kRounds = 6;
    const unsigned half = bits / 2;
    const std::uint32_t mask = (1U << half) - 1;
    std::uint32_t left = value >> half & mask, right = value & mask;
    for (int round = 0; round < kRounds; ++round) {
        const auto mixed = number_of(block(fmt::format("v4 {} {}", range, round), fmt::format("{}", right)));
        const std::uint32_t next = (left ^ mixed) & mask;
        left = right;
        right = next;
    }
    return left << half | right;
}

net::Address Pseudonyms::v4(const net::Address& address) const {
    const std::uint32_t value = value_of(address);
    if (names_no_machine(value)) return address;
    for (const Range& range : kPrivate)
        if (value >> range.bits == range.prefix >> range.bits)
            return v4_of(range.prefix | shuffled(value & ((1U << range.bits) - 1), range.bits, range.name));
    const Block digest = block("v4", fmt::format("{}", value));
    return v4_of((240U + digest[0] % 15U) << 24 | (number_of(digest) & 0xFFFFFFU));
}

net::Address Pseudonyms::v6(const net::Address& address) const {
    net::Address out = address;
    const bool mapped = begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF});
    const bool translated = begins(address, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0});
    if (mapped || translated) {
        const net::Address inner = v4(last_four(address));
        std::copy_n(inner.octets.begin(), 4, out.octets.begin() + 12);
        return out;
    }
    const bool none = std::all_of(address.octets.begin(), address.octets.end() - 1, [](auto b) { return b == 0; });
    if (none && address.octets.back() <= 1) return address;  // :: and ::1
    const std::string value{reinterpret_cast<const char*>(address.octets.data()), address.octets.size()};
    const Block digest = block("v6", value);
    std::size_t kept = 4;
    if (begins(address, {0xFF})) {
        // A solicited-node address has the last three bytes of a machine's.
        if (!begins(address, {0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xFF})) return address;
        kept = 13;
    } else if (address.octets[0] == 0xFE && (address.octets[1] & 0xC0U) == 0x80) {
        kept = 8;
    } else if ((address.octets[0] & 0xFEU) == 0xFC) {
        kept = 1;
    } else {
        std::ranges::copy(std::array<std::uint8_t, 4>{0x20, 0x01, 0x0D, 0xB8}, out.octets.begin());
    }
    std::copy_n(digest.begin(), out.octets.size() - kept, out.octets.begin() + static_cast<std::ptrdiff_t>(kept));
    return out;
}

net::Address Pseudonyms::address(const net::Address& address) {
    const std::string text = net::to_text(address);
    const std::string made =
        known("address", text, [&] { return net::to_text(address.family == 6 ? v6(address) : v4(address)); });
    return net::parse_address(made).value_or(address);
}

}  // namespace rdpdx::redact
