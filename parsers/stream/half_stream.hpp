// Puts the bytes of one side in order.
#pragma once

#include <map>
#include <vector>

#include "parsers/stream/flow.hpp"
#include "parsers/stream/seq.hpp"

namespace rdpdx::stream {

// Bytes that wait for others before them: of one side, and of a whole table. Each piece is charged kPieceCost too, so
// that many one-byte pieces cannot cost more memory than they say.
inline constexpr std::size_t kMaxPending = std::size_t{1} << 20;
inline constexpr std::size_t kMaxPendingTogether = std::size_t{64} << 20;
inline constexpr std::size_t kPieceCost = 128;

// Captures from several queues or mirror ports show an acknowledgment a little before the bytes it acknowledges. Only
// when this many packets of the flow, or this much time, went by are acknowledged bytes taken for missed.
inline constexpr unsigned kPacketsAfterAcknowledgment = 8;
inline constexpr std::chrono::milliseconds kTimeAfterAcknowledgment{200};
// The same where no acknowledgment of the missing bytes was seen: the sender may still send them again.
inline constexpr unsigned kPacketsWithoutAcknowledgment = 256;
inline constexpr std::chrono::seconds kTimeWithoutAcknowledgment{30};

// Offsets count from the first byte of the stream. Use: offer() a segment, take() until there is nothing, then keep().
class HalfStream {
public:
    struct Run {
        bytes::View data;
        std::uint64_t offset{}, gap{};
        Mark mark;
    };

    // `together` counts the pending bytes of all streams of a table and outlives this.
    explicit HalfStream(std::size_t& together) noexcept : together_{together} {}
    ~HalfStream() { together_ -= pending_cost_; }
    HalfStream(const HalfStream&) = delete;
    HalfStream& operator=(const HalfStream&) = delete;

    // Says which sequence number offset 0 has. May be said again while nothing was offered.
    void anchor(std::uint32_t sequence) noexcept {
        base_ = sequence;
        anchored_ = true;
    }
    bool anchored() const noexcept { return anchored_; }
    std::uint32_t base() const noexcept { return base_; }
    // Negative for what lies before the beginning.
    std::int64_t offset_of(std::uint32_t sequence) const noexcept {
        return static_cast<std::int64_t>(next_) + distance(base_ + static_cast<std::uint32_t>(next_), sequence);
    }
    // Where the next byte in order belongs.
    std::uint64_t next() const noexcept { return next_; }
    std::uint32_t gaps() const noexcept { return gaps_; }
    std::uint64_t gap_bytes() const noexcept { return gap_bytes_; }

    // How many of these bytes were in no earlier segment.
    std::uint64_t unseen(std::int64_t offset, std::uint64_t length) const noexcept;
    // `length` is what was sent; of `data` there may be less. The view must live until keep().
    void offer(std::int64_t offset, bytes::View data, std::uint64_t length, const Mark& mark) noexcept;
    // The next bytes in order; the view lives until the next call of any function that is not const.
    std::optional<Run> take();
    // Copies what could not be taken yet. Afterwards over_limit() may hold: then skip_hole() and take() again.
    void keep();
    bool over_limit() const noexcept;

    // The other side says that it has all bytes before `offset`; what is not beyond next() withdraws an earlier claim.
    void claim(std::uint64_t offset) noexcept { claim_ = offset > next_ ? offset : 0; }
    // To be asked once a packet of the flow while waiting(): where to go on if the missing bytes are given up.
    std::optional<std::uint64_t> overdue(bytes::Time now) noexcept;
    bool waiting() const noexcept { return claim_ > next_ || !pending_.empty(); }
    // Declares everything before `offset` missing; it lies beyond next() and not beyond what is pending.
    void skip_to(std::uint64_t offset) noexcept;
    // As far as the next pending bytes; false if there are none.
    bool skip_hole() noexcept;
    // At the end, when nothing is pending: bytes that were acknowledged and never seen.
    void skip_claimed() noexcept;

private:
    struct Piece {
        std::vector<std::byte> data;
        std::uint64_t length{};  // more than data.size() where the snap length cut it
        Mark mark;
    };
    struct Patience {
        bool begun{};
        bytes::Time since{};
        unsigned packets{};
        bool exhausted(bytes::Time now, unsigned most, std::chrono::nanoseconds longest) noexcept;
    };
    void advance(std::uint64_t n) noexcept;
    std::optional<Run> take_pending();
    void keep_piece(std::uint64_t begin, std::uint64_t end);

    std::size_t& together_;
    std::size_t pending_cost_ = 0;
    bool anchored_ = false;
    std::uint32_t base_ = 0;
    std::uint64_t next_ = 0;
    std::uint64_t claim_ = 0;  // as claim() says; 0 is none
    std::uint64_t gap_ = 0;    // missing just before next_ and not told yet
    std::uint32_t gaps_ = 0;
    std::uint64_t gap_bytes_ = 0;
    // What came and waits, by offset: no two overlap, and none begins before next_.
    std::map<std::uint64_t, Piece> pending_;
    std::vector<std::byte> taken_;  // what the last Run of a pending piece shows
    struct {
        std::int64_t offset{};
        bytes::View data;
        std::uint64_t length{};
        Mark mark;
    } offered_;
    Patience after_claim_, after_hole_;
};

}  // namespace rdpdx::stream
