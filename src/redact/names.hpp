// The names that the evidence is known to hold, found again wherever they stand in a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rdpdx::redact {

// What a name names. Who is several is the last of them.
enum class Kind : unsigned char { file, name, user, domain, host };
std::string_view prefix_of(Kind kind) noexcept;  // "user"

// Every Windows has it, or it is the word of a role: it names nobody.
bool well_known(std::string_view folded) noexcept;

class Names {
public:
    // Words of sentences, numbers and what is longer than kLongest are left out: they would be found everywhere.
    void add(Kind kind, std::string_view name);
    std::optional<Kind> kind_of(std::string_view folded) const;
    struct Found {
        std::size_t length{};
        Kind kind{};
    };
    // The longest name that stands at `at`, as whole words. `at` is the beginning of a word.
    std::optional<Found> at(std::string_view folded, std::size_t at) const;
    // Whether any of them stands anywhere.
    bool within(std::string_view folded) const;

    static constexpr std::size_t kLongest = 1024;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    template <class T>
    using Map = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
    Map<Kind> kinds_;
    // Names that begin with the same word. However many evidence brings, and however alike they are, what stands in a
    // text is found by one search among them.
    struct Family {
        std::vector<std::string> names;   // sorted where `within` is as long
        std::vector<std::size_t> within;  // of each, which is the longest other one that it begins with; or kNone
    };
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    static void sort(Family& family);
    mutable Map<Family> families_;  // by the first word; sorted when first asked
};

}  // namespace rdpdx::redact
