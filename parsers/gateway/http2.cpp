#include "parsers/gateway/http2.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rdpdx::gateway {
namespace {

constexpr std::size_t kFrameHeader = 9;
// [RFC 9113] 4.2: more has to be agreed on, and nobody who speaks to a KDC proxy does.
constexpr std::size_t kLargestFrame = std::size_t{256} * 1024;

enum FrameType : std::uint8_t { kData = 0, kHeaders = 1 };
enum Flags : std::uint8_t { kEndStream = 0x1, kPadded = 0x8, kPriority = 0x20 };

// [RFC 7541] Appendix A, entries 8 to 14
constexpr std::array<std::uint16_t, 7> kStatuses{200, 204, 206, 304, 400, 404, 500};

// [RFC 7541] Appendix B: digits have five bits (0 to 2) or six.
std::optional<std::uint16_t> huffman_digits(bytes::View data) {
    std::uint64_t bits = 0;
    unsigned count = 0;
    for (const std::byte b : data) {
        bits = bits << 8 | std::to_integer<std::uint64_t>(b);
        count += 8;
    }
    unsigned value = 0;
    for (unsigned digit = 0; digit < 3; ++digit) {
        if (count < 5) return {};
        const auto five = static_cast<unsigned>(bits >> (count - 5) & 0x1FU);
        if (five <= 2) {
            value = value * 10 + five;
            count -= 5;
            continue;
        }
        if (count < 6) return {};
        const auto six = static_cast<unsigned>(bits >> (count - 6) & 0x3FU);
        if (six < 0x19 || six > 0x1F) return {};
        value = value * 10 + (six - 0x19) + 3;
        count -= 6;
    }
    return static_cast<std::uint16_t>(value);
}

std::optional<std::uint16_t> plain_digits(bytes::View data) {
    unsigned value = 0;
    for (const std::byte b : data) {
        const auto c = std::to_integer<unsigned>(b);
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
    }
    return static_cast<std::uint16_t>(value);
}

// Without padding and priority.
bytes::View content(const Http2FrameHeader& header, bytes::View payload) {
    bytes::Cursor in{payload};
    const std::size_t padding = header.flags & kPadded ? in.u8("Pad Length") : 0;
    if (header.type == kHeaders && header.flags & kPriority) in.skip(5, "Priority");
    const bytes::View rest = in.rest();
    return rest.first(rest.size() - std::min(padding, rest.size()));
}

}  // namespace

bytes::Parsed<Http2FrameHeader> parse_http2_frame_header(bytes::Cursor& in) {
    Http2FrameHeader out;
    out.length = in.u24be("Length");
    out.type = in.u8("Type");
    out.flags = in.u8("Flags");
    out.stream = in.u32be("Stream Identifier") & 0x7FFFFFFFU;
    if (in.error()) return *in.error();
    return out;
}

std::optional<std::uint16_t> parse_status_field(bytes::View block) {
    bytes::Cursor in{block};
    unsigned first = in.u8("index");
    // [RFC 7541] 6.3: at most two changes of the table's size may stand in front; those of Windows fit in one octet.
    for (int n = 0; n < 2 && (first & 0xE0U) == 0x20; ++n) first = in.u8("index");
    if (in.error()) return {};
    if (first >= 0x88 && first <= 0x8E) return kStatuses[first - 0x88U];
    // A literal whose name is one of those entries: with indexing, without, or never indexed.
    const unsigned name = first & 0xC0U ? first & 0x3FU : first & 0x0FU;
    if (first & 0x80U || name < 8 || name > 14) return {};
    const unsigned length = in.u8("length");
    const bytes::View value = in.take(length & 0x7FU, "value");
    if (in.error() || value.empty() || value.size() > 3) return {};
    if (length & 0x80U) return huffman_digits(value);
    return value.size() == 3 ? plain_digits(value) : std::nullopt;
}

void Http2Reader::begin(bytes::View data, std::size_t offset) {
    offset_ = offset;
    if (!lost_) held_.insert(held_.end(), data.begin(), data.end());
    taken_ = 0;
}

void Http2Reader::keep() {
    if (lost_) held_.clear();
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(std::min(taken_, held_.size())));
}

bool Http2Reader::next(Item& item) {
    while (!lost_) {
        const bytes::View rest = bytes::View{held_}.subspan(taken_);
        bytes::Cursor in{rest, offset_};
        const auto header = parse_http2_frame_header(in);
        if (!header) return false;
        if (header->length > kLargestFrame) {
            lost_ = true;
            item = Lost{{bytes::Problem::bad_value, "Length", offset_, kLargestFrame, header->length}};
            return true;
        }
        if (rest.size() < kFrameHeader + header->length) return false;
        taken_ += kFrameHeader + header->length;
        if (frame(*header, rest.subspan(kFrameHeader, header->length), item)) return true;
    }
    return false;
}

bool Http2Reader::frame(const Http2FrameHeader& header, bytes::View payload, Item& item) {
    const bool end = (header.flags & kEndStream) != 0;
    if (header.type == kHeaders) {
        item = Headers{header.stream, parse_status_field(content(header, payload)), end};
        return true;
    }
    if (header.type != kData) return false;
    const bytes::View data = content(header, payload);
    const auto at = bodies_.find(header.stream);
    if (at == bodies_.end() && bodies_.size() >= kMostStreams) return false;
    auto& body = at == bodies_.end() ? bodies_[header.stream] : at->second;
    if (body.size() + data.size() <= kLargestBody) body.insert(body.end(), data.begin(), data.end());
    if (end) {
        finished_ = std::move(body);
        bodies_.erase(header.stream);
    }
    item = Body{header.stream, end ? bytes::View{finished_} : bytes::View{body}, end};
    return true;
}

}  // namespace rdpdx::gateway
