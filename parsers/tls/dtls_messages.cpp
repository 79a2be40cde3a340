#include "parsers/tls/dtls_messages.hpp"

#include <algorithm>

#include "parsers/tls/records.hpp"

namespace rdpdx::tls {

DtlsMessages::Taken DtlsMessages::take(const DtlsHandshakeHeader& header, bytes::View fragment, std::uint64_t tag,
                                       bool opened) {
    const std::uint32_t seq = header.message_seq;
    if (seq < next_) return Taken::repeated;
    if (seq >= next_ + kMostAhead || header.length > kLargestMessage || header.fragment_offset > header.length ||
        fragment.size() > header.length - header.fragment_offset)
        return Taken::refused;
    const auto [at, first] = held_.try_emplace(seq, Held{header.msg_type, header.length, tag, opened, 0, {}});
    Held& message = at->second;
    if (message.type != header.msg_type || message.length != header.length) return Taken::refused;
    if (held_bytes_ + fragment.size() > kMostHeld || held_pieces_ >= kMostPieces) return Taken::refused;
    add(message, header.fragment_offset, fragment);
    return first ? Taken::first : Taken::another;
}

// The first fragment that has a byte counts.
void DtlsMessages::add(Held& message, std::uint32_t offset, bytes::View fragment) {
    auto& pieces = message.pieces;
    while (!fragment.empty()) {
        const auto after = pieces.upper_bound(offset);
        std::size_t n = fragment.size();
        if (after != pieces.end()) n = std::min<std::size_t>(n, after->first - offset);
        const auto before = after == pieces.begin() ? pieces.end() : std::prev(after);
        const std::size_t covered = before == pieces.end() ? 0 : before->first + before->second.size();
        if (covered > offset) {
            n = std::min<std::size_t>(fragment.size(), covered - offset);
        } else {
            pieces.try_emplace(offset, fragment.begin(), fragment.begin() + static_cast<std::ptrdiff_t>(n));
            message.have += n;
            held_bytes_ += n;
            ++held_pieces_;
        }
        offset += static_cast<std::uint32_t>(n);
        fragment = fragment.subspan(n);
    }
}

bool DtlsMessages::next(Found& found) {
    if (held_.empty()) return false;
    const auto& [seq, first] = *held_.begin();
    if (seq > next_) {
        if (next_ >= given_up_) return false;
        found = {{}, first.tag, bytes::ParseError{bytes::Problem::truncated, "message_seq", next_, seq - next_, 0}};
        next_ = seq;
        return true;
    }
    if (first.have < first.length && next_ >= given_up_) return false;
    hand_out(found);
    return true;
}

void DtlsMessages::hand_out(Found& found) {
    const auto at = held_.begin();
    const Held& held = at->second;
    found = {{held.type, held.length, {}, held.opened, static_cast<std::uint16_t>(at->first)}, held.tag, {}};
    if (held.have < held.length) {
        found.lost = bytes::ParseError{bytes::Problem::truncated, "body", 0, held.length, held.have};
    } else {
        body_.clear();
        for (const auto& [offset, piece] : held.pieces) body_.insert(body_.end(), piece.begin(), piece.end());
        found.message.body = body_;
    }
    held_bytes_ -= held.have;
    held_pieces_ -= held.pieces.size();
    held_.erase(at);
    ++next_;
}

void DtlsMessages::give_up() noexcept {
    if (!held_.empty()) given_up_ = held_.rbegin()->first + 1;
}

void DtlsMessages::restart() { *this = {}; }

}  // namespace rdpdx::tls
