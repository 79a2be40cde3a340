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
    Family& family = families_[text.substr(0, word_end(text, 0))];
    family.names.push_back(text);
    family.within.clear();
}

void Names::sort(Family& family) {
    auto& [names, within] = family;
    std::ranges::sort(names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::size_t of = i == 0 ? kNone : i - 1;
        while (of != kNone && !names[i].starts_with(names[of])) of = within[of];
        within.push_back(of);
    }
}

std::optional<Kind> Names::kind_of(std::string_view folded) const {
    const auto at = kinds_.find(folded);
    return at == kinds_.end() ? std::nullopt : std::optional{at->second};
}

std::optional<Names::Found> Names::at(std::string_view folded, std::size_t at) const {
    const std::string_view text = folded.substr(at);
    const auto family = families_.find(text.substr(0, word_end(text, 0)));
    if (family == families_.end()) return {};
    auto& [names, within] = family->second;
    if (within.size() != names.size()) sort(family->second);
    // Whatever the text begins with is what the last name that is not behind it in the order begins with.
    const auto behind =
        std::ranges::upper_bound(names, text, {}, [](const std::string& n) { return std::string_view{n}; });
    if (behind == names.begin()) return {};
    const std::string& nearest = *std::prev(behind);
    const auto differs = std::ranges::mismatch(nearest, text).in1;
    const auto common = static_cast<std::size_t>(differs - nearest.begin());
    for (auto i = static_cast<std::size_t>(behind - names.begin()) - 1; i != kNone; i = within[i]) {
        const std::size_t length = names[i].size();
        const bool whole = length <= common && (length == text.size() || !in_word(text[length]));
        if (whole) return Found{length, kinds_.find(names[i])->second};
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
