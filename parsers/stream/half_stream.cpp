#include "parsers/stream/half_stream.hpp"

#include <algorithm>

namespace rdpdx::stream {

bool HalfStream::Patience::exhausted(bytes::Time now, unsigned most, std::chrono::nanoseconds longest) noexcept {
    if (!begun) {
        *this = {true, now, 0};
        return false;
    }
    return ++packets >= most || elapsed(since, now) >= longest;
}

void HalfStream::advance(std::uint64_t n) noexcept {
    next_ += n;
    after_claim_ = {};
    after_hole_ = {};
}

std::uint64_t HalfStream::unseen(std::int64_t offset, std::uint64_t length) const noexcept {
    const std::int64_t last = offset + static_cast<std::int64_t>(length);
    if (last <= static_cast<std::int64_t>(next_)) return 0;
    const auto end = static_cast<std::uint64_t>(last);
    std::uint64_t at = offset > static_cast<std::int64_t>(next_) ? static_cast<std::uint64_t>(offset) : next_;
    std::uint64_t count = end - at;
    if (pending_.empty()) return count;
    auto piece = pending_.upper_bound(at);
    if (piece != pending_.begin()) --piece;
    for (; piece != pending_.end() && piece->first < end; ++piece) {
        const std::uint64_t begin = std::max(at, piece->first);
        const std::uint64_t stop = std::min(end, piece->first + piece->second.length);
        if (stop > begin) count -= stop - begin;
    }
    return count;
}

void HalfStream::offer(std::int64_t offset, bytes::View data, std::uint64_t length, const Mark& mark) noexcept {
    const std::size_t shown = data.size() < length ? data.size() : static_cast<std::size_t>(length);
    offered_ = {offset, data.first(shown), length, mark};
}

std::optional<HalfStream::Run> HalfStream::take_pending() {
    const auto node = pending_.extract(pending_.begin());
    Piece& piece = node.mapped();
    const std::size_t cost = piece.data.size() + kPieceCost;
    pending_cost_ -= cost;
    together_ -= cost;
    taken_ = std::move(piece.data);
    std::optional<Run> run;
    if (!taken_.empty()) {
        run = Run{taken_, next_, gap_, piece.mark};
        gap_ = 0;
        advance(taken_.size());
    }
    if (piece.length > taken_.size()) skip_to(next_ + (piece.length - taken_.size()));
    return run;
}

std::optional<HalfStream::Run> HalfStream::take() {
    for (;;) {
        // Of two copies the first one wins, so pending bytes go before offered ones.
        if (!pending_.empty() && pending_.begin()->first == next_) {
            if (auto run = take_pending()) return run;
            continue;
        }
        const auto next = static_cast<std::int64_t>(next_);
        if (offered_.offset > next) return {};
        const std::int64_t last = offered_.offset + static_cast<std::int64_t>(offered_.length);
        if (last <= next) return {};
        auto end = static_cast<std::uint64_t>(last);
        if (!pending_.empty()) end = std::min(end, pending_.begin()->first);
        const auto from = static_cast<std::size_t>(next - offered_.offset);
        if (from >= offered_.data.size()) {  // cut off by the snap length
            skip_to(end);
            continue;
        }
        const std::size_t shown =
            static_cast<std::size_t>(std::min<std::uint64_t>(end - next_, offered_.data.size() - from));
        const Run run{offered_.data.subspan(from, shown), next_, gap_, offered_.mark};
        gap_ = 0;
        advance(shown);
        return run;
    }
}

void HalfStream::keep_piece(std::uint64_t begin, std::uint64_t end) {
    const auto from = static_cast<std::uint64_t>(static_cast<std::int64_t>(begin) - offered_.offset);
    bytes::View data;
    if (from < offered_.data.size()) {
        const std::uint64_t shown = std::min<std::uint64_t>(end - begin, offered_.data.size() - from);
        data = offered_.data.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(shown));
    }
    pending_.emplace(begin, Piece{{data.begin(), data.end()}, end - begin, offered_.mark});
    pending_cost_ += data.size() + kPieceCost;
    together_ += data.size() + kPieceCost;
}

void HalfStream::keep() {
    const std::int64_t last = offered_.offset + static_cast<std::int64_t>(offered_.length);
    if (last > static_cast<std::int64_t>(next_)) {
        const auto end = static_cast<std::uint64_t>(last);
        auto at = std::max(next_, static_cast<std::uint64_t>(std::max<std::int64_t>(offered_.offset, 0)));
        auto later = pending_.upper_bound(at);
        if (later != pending_.begin()) {
            const auto before = std::prev(later);
            at = std::max(at, before->first + before->second.length);
        }
        while (at < end) {
            const std::uint64_t stop = later == pending_.end() ? end : std::min(end, later->first);
            if (stop > at) keep_piece(at, stop);
            if (later == pending_.end()) break;
            at = std::max(stop, later->first + later->second.length);
            ++later;
        }
    }
    offered_ = {};
}

bool HalfStream::over_limit() const noexcept {
    return !pending_.empty() && (pending_cost_ > kMaxPending || together_ > kMaxPendingTogether);
}

std::optional<std::uint64_t> HalfStream::overdue(bytes::Time now) noexcept {
    // A single byte that was acknowledged with nothing after it is a FIN that the capture missed.
    if (claim_ > next_ && (claim_ > next_ + 1 || !pending_.empty())) {
        if (after_claim_.exhausted(now, kPacketsAfterAcknowledgment, kTimeAfterAcknowledgment))
            return pending_.empty() ? claim_ : std::min(claim_, pending_.begin()->first);
    } else {
        after_claim_ = {};
    }
    if (pending_.empty()) return {};
    if (after_hole_.exhausted(now, kPacketsWithoutAcknowledgment, kTimeWithoutAcknowledgment))
        return pending_.begin()->first;
    return {};
}

void HalfStream::skip_to(std::uint64_t offset) noexcept {
    if (offset <= next_) return;
    if (gap_ == 0) ++gaps_;
    gap_ += offset - next_;
    gap_bytes_ += offset - next_;
    advance(offset - next_);
}

bool HalfStream::skip_hole() noexcept {
    if (pending_.empty()) return false;
    skip_to(pending_.begin()->first);
    return true;
}

void HalfStream::skip_claimed() noexcept {
    if (claim_ > next_ + 1) skip_to(claim_);  // one byte alone: see overdue()
}

}  // namespace rdpdx::stream
