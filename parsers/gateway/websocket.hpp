// [RFC 6455] 5: one side's WebSocket frames -> what they carry.
#pragma once

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::gateway {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// [RFC 6455] 5.2
struct FrameHeader {
    bool fin{}, masked{};
    std::uint8_t reserved{}, opcode{};
    std::uint64_t payloadLength{};
    std::array<std::byte, 4> maskingKey{};
};
bytes::Parsed<FrameHeader> parse_frame_header(bytes::Cursor& in);

// Memory: one frame's header and a copy of what is unmasked.
class WebSocketReader {
public:
    struct Payload {  // of data frames, in the pieces in which it came
        bytes::View data;
    };
    struct Close {  // the frame that ends it, [RFC 6455] 5.5.1
        std::uint16_t statusCode{};
    };
    struct Lost {
        bytes::ParseError error;
    };
    using Item = std::variant<Payload, Close, Lost>;

    // sink(Item). Views live during the call.
    template <class Sink>
    void feed(bytes::View data, std::size_t offset, Sink&& sink) {
        offset_ = offset;
        input_ = data;
        Item item;
        while (next(item)) sink(item);
    }
    // Bytes are missing. Frames are read again from the beginning of the next bytes.
    void gap();

private:
    bool next(Item& item);
    bool read_header(Item& item);

    bytes::View input_;
    std::size_t offset_{};
    std::vector<std::byte> head_, unmasked_;
    FrameHeader frame_;
    std::uint64_t done_{};  // of the frame's payload
    bool inside_{}, lost_{};
};

}  // namespace rdpdx::gateway
