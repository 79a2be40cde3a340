// HTTP/2, as Windows speaks it to a KDC proxy: the bodies of its streams and the status of its responses. Headers are
// not decompressed: what a proxy is asked is told by the message itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::gateway {

// [RFC 9113] 3.4
inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// [RFC 9113] 4.1
struct Http2FrameHeader {
    std::uint32_t length{};
    std::uint8_t type{}, flags{};
    std::uint32_t stream{};
};
bytes::Parsed<Http2FrameHeader> parse_http2_frame_header(bytes::Cursor& in);

// [RFC 7541]: ":status" where it stands first in a header block, as [RFC 9113] 8.3 has it, and is no reference to an
// earlier one.
std::optional<std::uint16_t> parse_status_field(bytes::View block);

// One side's frames. Memory is bounded by one frame and kMostStreams bodies of kLargestBody.
class Http2Reader {
public:
    static constexpr std::size_t kMostStreams = 32, kLargestBody = std::size_t{256} * 1024;
    struct Headers {
        std::uint32_t stream{};
        std::optional<std::uint16_t> status;
        bool end{};  // no body follows
    };
    struct Body {  // whole, or as much of it as there is so far
        std::uint32_t stream{};
        bytes::View data;
        bool end{};
    };
    struct Lost {
        bytes::ParseError error;
    };
    using Item = std::variant<Headers, Body, Lost>;

    // sink(Item). Views live during the call. A client's preface has been taken off.
    template <class Sink>
    void feed(bytes::View data, std::size_t offset, Sink&& sink) {
        begin(data, offset);
        Item item;
        while (next(item)) sink(item);
        keep();
    }
    void gap() noexcept { lost_ = true; }

private:
    void begin(bytes::View data, std::size_t offset);
    void keep();
    bool next(Item& item);
    bool frame(const Http2FrameHeader& header, bytes::View payload, Item& item);

    std::vector<std::byte> held_;
    std::size_t taken_{}, offset_{};
    std::map<std::uint32_t, std::vector<std::byte>> bodies_;
    std::vector<std::byte> finished_;
    bool lost_{};
};

}  // namespace rdpdx::gateway
