#include "parsers/gateway/websocket.hpp"

#include <algorithm>

namespace rdpdx::gateway {
namespace {

constexpr std::size_t kLongestHeader = 14;

bool known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

bytes::Parsed<FrameHeader> parse_frame_header(bytes::Cursor& in) {
    FrameHeader out;
    const std::uint8_t first = in.u8("opcode");
    const std::uint8_t second = in.u8("Payload len");
    out.fin = (first & 0x80U) != 0;
    out.reserved = static_cast<std::uint8_t>(first >> 4 & 7U);
    out.opcode = first & 0x0FU;
    out.masked = (second & 0x80U) != 0;
    out.payloadLength = second & 0x7FU;
    if (out.payloadLength == 126) out.payloadLength = in.u16be("Extended payload length");
    if (out.payloadLength == 127 && (second & 0x7FU) == 127) out.payloadLength = in.u64be("Extended payload length");
    if (out.masked) std::ranges::copy(in.take(out.maskingKey.size(), "Masking-key"), out.maskingKey.begin());
    if (in.error()) return *in.error();
    return out;
}

bool WebSocketReader::read_header(Item& item) {
    while (!input_.empty() && head_.size() < kLongestHeader) {
        head_.push_back(input_.front());
        input_ = input_.subspan(1);
        bytes::Cursor in{head_, offset_};
        const auto header = parse_frame_header(in);
        if (!header) continue;
        frame_ = *header;
        head_.clear();
        done_ = 0;
        inside_ = true;
        if (frame_.reserved == 0 && known(frame_.opcode)) return false;
        lost_ = true;
        item = Lost{{bytes::Problem::bad_value, "opcode", offset_, 0, frame_.opcode}};
        return true;
    }
    return false;
}

bool WebSocketReader::next(Item& item) {
    while (!lost_) {
        if (!inside_) {
            if (read_header(item)) return true;
            if (!inside_) return false;
        }
        const std::uint64_t left = frame_.payloadLength - done_;
        if (left == 0) {
            inside_ = false;
            const bool empty_close = frame_.opcode == static_cast<std::uint8_t>(Opcode::close) && done_ == 0;
            if (!empty_close) continue;
            item = Close{};
            return true;
        }
        if (input_.empty()) return false;
        bytes::View piece = input_.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, input_.size())));
        input_ = input_.subspan(piece.size());
        if (frame_.masked) {
            unmasked_.assign(piece.begin(), piece.end());
            std::uint64_t at = done_;
            for (std::byte& b : unmasked_) b ^= frame_.maskingKey[static_cast<std::size_t>(at++ % 4)];
            piece = unmasked_;
        }
        const bool first = done_ == 0;
        done_ += piece.size();
        const auto opcode = static_cast<Opcode>(frame_.opcode);
        if (opcode == Opcode::ping || opcode == Opcode::pong) continue;
        if (opcode != Opcode::close) {
            item = Payload{piece};
            return true;
        }
        if (!first) continue;
        bytes::Cursor in{piece};
        item = Close{in.u16be("status code")};
        return true;
    }
    input_ = {};
    return false;
}

void WebSocketReader::gap() {
    head_.clear();
    inside_ = lost_ = false;
}

}  // namespace rdpdx::gateway
