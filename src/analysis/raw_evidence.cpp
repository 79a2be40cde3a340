#include "src/analysis/raw_evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parsers/bytes/text.hpp"
#include "parsers/capture/lone_packet.hpp"
#include "parsers/capture/reader.hpp"
#include "parsers/evtx/log.hpp"
#include "parsers/evtx/reader.hpp"
#include "parsers/net/decode.hpp"

namespace rdpdx::analysis {
namespace {

constexpr std::size_t kBytesShown = 256, kTextShown = 4000;
constexpr std::size_t kHead = 4096;                             // has what a reader must know of the file
constexpr std::size_t kRecord = (std::size_t{64} << 10) + 512;  // no packet is longer

// X.224 requests and confirms ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2) and TLS records but for application data.
std::size_t open_part(bytes::View payload) {
    const auto at = [&](std::size_t i) { return i < payload.size() ? std::to_integer<unsigned>(payload[i]) : 0U; };
    const bool negotiation = at(0) == 3 && ((at(5) & 0xF0U) == 0xE0 || (at(5) & 0xF0U) == 0xD0);
    if (negotiation) return std::min<std::size_t>(payload.size(), at(2) << 8U | at(3));
    const bool handshake = at(0) >= 20 && at(0) <= 22 && at(1) == 3;
    return handshake ? payload.size() : 0;
}

// How much of the packet may be shown.
std::size_t shown_of(const capture::Packet& packet, const model::Observation& seen) {
    net::Decoder decoder;
    const net::Decoded decoded = decoder.decode(packet);
    const auto up_to = [&](bytes::View payload, std::size_t open) {
        const auto* begin = packet.data.data();
        if (payload.empty()) return packet.data.size();
        if (payload.data() < begin || payload.data() > begin + packet.data.size()) return std::size_t{0};
        return static_cast<std::size_t>(payload.data() - begin) + open;
    };
    if (const auto* tcp = std::get_if<net::Segment>(&decoded)) return up_to(tcp->payload, open_part(tcp->payload));
    if (const auto* udp = std::get_if<net::Datagram>(&decoded)) {
        constexpr std::array<std::string_view, 3> kOpen{"dns.", "ntp.", "udp."};
        const bool open = std::ranges::any_of(kOpen, [&](std::string_view of) { return seen.kind.starts_with(of); });
        return up_to(udp->payload, open ? udp->payload.size() : 0);
    }
    // An ICMP error quotes what it is about.
    if (std::holds_alternative<net::IcmpError>(decoded)) return std::min<std::size_t>(packet.data.size(), 70);
    return std::holds_alternative<net::Neighbour>(decoded) ? packet.data.size() : 0;
}

std::string hex_dump(bytes::View data) {
    constexpr std::size_t kInLine = 16;
    std::string out;
    for (std::size_t at = 0; at < data.size(); at += kInLine) {
        std::string hex, text;
        for (const std::byte b : data.subspan(at, std::min(kInLine, data.size() - at))) {
            const auto c = std::to_integer<unsigned char>(b);
            hex += fmt::format("{:02x} ", c);
            text += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '.';
        }
        out += fmt::format("{:04x}  {:<48} {}\n", at, hex, text);
    }
    return out;
}

std::string packet_text(const model::Observation& seen, const ReadAt& read) {
    const auto head = read(0, kHead), record = read(seen.evidence.offset, kRecord);
    const auto file = capture::lone_packet(head, record);
    const auto format = capture::recognise(file);
    if (!format) return {};
    bytes::MemorySource source{file};
    const auto reader = capture::open(source, *format);
    capture::Packet packet;
    if (!reader->next(packet)) return {};
    const std::size_t open = shown_of(packet, seen), shown = std::min(open, kBytesShown);
    std::string out = hex_dump(packet.data.first(shown));
    if (shown < packet.data.size())
        out += fmt::format("... {} more bytes{}\n", packet.data.size() - shown,
                           shown == open ? ", not shown since such may hold secrets" : "");
    return shown == 0 ? std::string{} : out;
}

std::string cut(std::string text) {
    if (text.size() <= kTextShown) return text;
    const std::size_t more = text.size() - kTextShown;
    text.resize(kTextShown);
    return bytes::valid_utf8(text) + fmt::format("\n... {} more bytes", more);
}

// With an element a line, for people to read.
std::string in_lines(std::string_view xml) {
    std::string out;
    for (const char c : xml) {
        if (c == '<' && out.ends_with('>')) out += '\n';
        out += c;
    }
    return out;
}

// In a log as Windows writes it. One that was searched for may have its chunks anywhere: there is nothing to show then.
std::string record_text(std::uint64_t offset, const ReadAt& read) {
    if (offset < evtx::kFileHeaderBlock) return {};
    const std::uint64_t number = (offset - evtx::kFileHeaderBlock) / evtx::kChunkSize;
    const std::uint64_t begin = evtx::kFileHeaderBlock + number * evtx::kChunkSize;
    const auto chunk = read(begin, evtx::kChunkSize);
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {}};
    for (reader.open({chunk, begin, number}); reader.next();) {
        if (reader.record().offset != offset) continue;
        evtx::TextBuffer out;
        reader.xml(out);
        return cut(in_lines(out.view()));
    }
    return {};
}

// UTF-16 is known by the mark before it, or by its zeros.
std::string as_utf8(const std::vector<std::byte>& head, bytes::View text) {
    const auto at = [&](std::size_t i) { return i < head.size() ? std::to_integer<unsigned>(head[i]) : 1U; };
    const bool big = at(0) == 0xFE || at(0) == 0, wide = big || at(0) == 0xFF || at(1) == 0;
    if (wide) return bytes::utf16_to_utf8(text, big);
    return bytes::valid_utf8(bytes::text_of(text));
}

// Where the JSON object at the beginning of `text` ends.
std::size_t end_of_object(std::string_view text) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && text[i] == '{') {
            ++depth;
        } else if (!quoted && text[i] == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return text.size();
}

// An event up to its end; anything else up to the end of its line.
std::string text_at(std::uint64_t offset, const std::vector<std::byte>& head, const ReadAt& read) {
    std::string text = as_utf8(head, read(offset, 2 * kTextShown));
    constexpr std::string_view kEnd = "</Event>";
    const auto end = text.find(kEnd);
    const std::size_t size = text.starts_with('{')      ? end_of_object(text)
                             : end != std::string::npos ? end + kEnd.size()
                                                        : text.find_first_of("\r\n");
    if (size < text.size()) text.resize(size);
    return cut(end < size ? in_lines(text) : text);
}

}  // namespace

std::string raw_evidence(const model::Observation& seen, const ReadAt& read) {
    if (seen.evidence.kind == model::Evidence::Kind::packet) return packet_text(seen, read);
    const auto head = read(0, kHead);
    if (evtx::is_evtx(head)) return record_text(seen.evidence.offset, read);
    return text_at(seen.evidence.offset, head, read);
}

}  // namespace rdpdx::analysis
