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
    // `slots`: the one that each operation reads.
    HeadRun(std::size_t first, std::vector<std::uint16_t> slots) : first_{first}, slots_{std::move(slots)} {}
    std::size_t first() const noexcept { return first_; }
    std::size_t size() const noexcept { return slots_.size(); }

    // What these values become, if they were seen lately, otherwise nothing. TextBuffer::kPadding bytes can be read
    // behind it; valid until the next call of remember().
    std::string_view recall(bytes::View chunk, std::span<const Slot> slots) noexcept;
    void remember(bytes::View chunk, std::span<const Slot> slots, std::string_view text);

private:
    struct Seen {
        std::uint16_t size{};
        std::uint8_t type{};
    };
    struct Known {
        std::vector<Seen> seen;        // one for each slot, or none
        std::vector<std::byte> bytes;  // their values, one after the other
        std::string text;              // with padding
    };
    bool holds(const Known& known, bytes::View chunk, std::span<const Slot> slots) const noexcept;

    std::size_t first_;
    std::vector<std::uint16_t> slots_;
    std::array<Known, 8> known_;
    std::size_t last_{};  // found or remembered
    int credit_{8};       // spent by each miss, earned by each hit; without any left nothing is remembered
};

}  // namespace rdpdx::evtx
