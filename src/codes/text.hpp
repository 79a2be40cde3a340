// ASCII text as people type it: folding, numbers, distance, wrapping. Other bytes pass through untouched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::codes::text {

char lower(char c) noexcept;
bool equal_folded(std::string_view a, std::string_view b) noexcept;
// Lower case without '_', '-' and blanks: "Handshake Failure" and "handshake_failure" become one.
std::string folded(std::string_view text);

enum class Base : std::uint8_t { decimal, hex, bare_hex };
struct Number {
    std::uint32_t value{};
    Base base{};
};
// "2308", "0x904", "904h", "-2147467259" (two's complement), "C000006D" (eight digits, one of them a letter).
// Empty for everything else and for what does not fit 32 bits.
std::optional<Number> number(std::string_view text) noexcept;

// Insertions, deletions, substitutions and swaps of neighbours. Costs a.size() * b.size() steps: keep both short.
std::size_t distance(std::string_view a, std::string_view b);

// Lines of at most `width` columns, broken between words; a longer word gets a line of its own. Counts UTF-8
// characters, not bytes. Control characters become '?': the text may come from a stranger's command line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace rdpdx::codes::text
