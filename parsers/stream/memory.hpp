// What a connection remembers of packets that went by, in bounded memory.
#pragma once

#include <array>
#include <vector>

#include "parsers/stream/flow.hpp"

namespace rdpdx::stream {

// The last packets of one side, so that a copy made by a mirror port, or by a second capture point, is known as one.
class RecentPackets {
public:
    // True if this is one of them, captured again; otherwise it is remembered.
    bool repeats(const net::Segment& segment, bytes::Time time) noexcept;

private:
    struct Packet {
        bytes::Time time{};
        std::uint32_t acknowledgment{};
        std::uint32_t sequence{}, length{};
        std::uint16_t identification{}, window{};
        std::uint8_t hop_limit{}, flags{};
        bool used{};
    };
    static constexpr std::size_t kKept = 8;
    bool repeats(const Packet& earlier, const net::Segment& segment, bytes::Time time) const noexcept;

    // Equal for packets that may be the same; nearly every packet is told apart by this alone.
    std::array<std::uint32_t, kKept> prints_{};
    std::array<Packet, kKept> packets_{};
    unsigned newest_ = 0;
};

// Which packet first carried which bytes, for the bytes that nobody acknowledged yet.
class SentMarks {
public:
    void sent(std::uint64_t begin, std::uint64_t end, const Mark& mark);
    void acknowledged(std::uint64_t before);
    // Of the oldest bytes.
    std::optional<Mark> oldest() const noexcept;

private:
    // Without acknowledgments neighbours are merged beyond this; the older mark stands for both.
    static constexpr std::size_t kMost = 512;
    struct Range {
        std::uint64_t begin{}, end{};
        Mark mark;
    };
    std::vector<Range> ranges_;  // by begin; those before first_ are done with
    std::size_t first_ = 0;
};

}  // namespace rdpdx::stream
