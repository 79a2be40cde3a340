// What neighbours in a log repeat: most values of System are those of the record before, so their text is copied.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/evtx/values.hpp"

namespace rdpdx::evtx {

// Operations of a head that follow each other and read slots alone. Remembers the values that it saw lately and their
// text: a few, because one template may serve several events in turn. Where values hardly repeat, it stops remembering.
class HeadRun {
public:
    // `slots`: the one that each operation reads; at least one.
    HeadRun(std::size_t first, std::vector<std::uint16_t> slots);
    std::size_t first() const noexcept { return first_; }
    std::size_t size() const noexcept { return size_; }

    // What these values become, if they were seen lately, otherwise nothing. TextBuffer::kPadding bytes can be read
    // behind it; valid until the next call of remember().
    std::string_view recall(bytes::View chunk, std::span<const Slot> slots) noexcept;
    void remember(bytes::View chunk, std::span<const Slot> slots, std::string_view text);

private:
    // Slots that follow each other. Their values do too, so they are compared at once.
    struct Stretch {
        std::size_t first{}, count{};
    };
    struct Known {
        std::vector<Slot> seen;             // of all stretches, or none; offsets count from where their stretch begins
        std::vector<std::byte> bytes;       // of the stretches, one after the other
        std::string text;                   // with padding
        std::uint64_t beginning{}, mask{};  // its first bytes, which tell most events apart, and how many these are
    };
    static std::size_t size_of(std::span<const Slot> seen) noexcept { return seen.back().offset + seen.back().size; }
    std::uint64_t beginning_of(bytes::View chunk, std::span<const Slot> slots) const noexcept;
    bool holds(const Known& known, bytes::View chunk, std::span<const Slot> slots) const noexcept;
    static bool add(Known& known, bytes::View chunk, std::span<const Slot> stretch);

    std::size_t first_, size_;
    std::vector<Stretch> stretches_;
    std::array<Known, 8> known_;
    std::size_t last_{};  // found or remembered
    int credit_{8};       // spent by each miss, earned by each hit; without any left nothing is remembered
};

}  // namespace rdpdx::evtx
