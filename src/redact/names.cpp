#include "src/redact/names.hpp"

#include <algorithm>
#include <array>

#include "src/redact/fold.hpp"
#include "src/redact/words.hpp"

namespace rdpdx::redact {
namespace {

bool all_of(std::string_view text, std::string_view characters) noexcept {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

// E3, A1 and I2 are names of the report itself.
bool is_citation(std::string_view text) noexcept {
    return text.size() > 1 && text.size() <= 6 && std::string_view{"aei"}.find(text[0]) != std::string_view::npos &&
           all_of(text.substr(1), "0123456789");
}

bool too_common(std::string_view text) noexcept {
    return text.size() < 2 || text.size() > Names::kLongest || all_of(text, "0123456789.,:-+/ ") ||
           (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdef")) || is_citation(text) ||
           has(kCommon, text) || well_known(text);
}

constexpr std::size_t kShown = 200;

std::size_t word_end(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && in_word(text[at])) ++at;
    return at;
}

}  // namespace

std::string_view prefix_of(Kind kind) noexcept {
    constexpr std::array<std::string_view, 5> kPrefixes{"file", "name", "user", "domain", "host"};
    return kPrefixes.at(static_cast<std::size_t>(kind));
}

bool well_known(std::string_view folded) noexcept {
    if (has(kWellKnown, folded)) return true;
    const bool numbered = folded.starts_with("dwm-") || folded.starts_with("umfd-");
    return numbered && all_of(folded.substr(folded.find('-') + 1), "0123456789");
}

void Names::add(Kind kind, std::string_view name) {
    // Sentences show no more of a long value.
    if (name.size() > kShown) {
        std::size_t end = kShown;
        while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
        add(kind, name.substr(0, end));
    }
    const std::string text = folded(core_of(name));
    if (too_common(text)) return;
    const auto [at, fresh] = kinds_.try_emplace(text, kind);
    at->second = std::max(at->second, kind);
    if (!fresh) return;
    auto& lengths = lengths_[text.substr(0, word_end(text, 0))];
    const auto place = std::ranges::lower_bound(lengths, text.size(), std::ranges::greater{});
    if (place == lengths.end() || *place != text.size()) lengths.insert(place, text.size());
}

std::optional<Kind> Names::kind_of(std::string_view folded) const {
    const auto at = kinds_.find(folded);
    return at == kinds_.end() ? std::nullopt : std::optional{at->second};
}

std::optional<Names::Found> Names::at(std::string_view folded, std::size_t at) const {
    const auto lengths = lengths_.find(folded.substr(at, word_end(folded, at) - at));
    if (lengths == lengths_.end()) return {};
    for (const std::size_t length : lengths->second) {
        if (length > folded.size() - at) continue;
        const bool whole = length == folded.size() - at || !in_word(folded[at + length]);
        const auto found = whole ? kinds_.find(folded.substr(at, length)) : kinds_.end();
        if (found != kinds_.end()) return Found{length, found->second};
    }
    return {};
}

bool Names::within(std::string_view folded) const {
    for (std::size_t i = 0; i < folded.size(); ++i) {
        if (!in_word(folded[i])) continue;
        if (at(folded, i)) return true;
        i = word_end(folded, i);
    }
    return false;
}

}  // namespace rdpdx::redact
