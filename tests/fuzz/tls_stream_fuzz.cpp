// One stream, cut in two ways: the items must be the same. The first bytes say where the second way cuts and whether
// and where both have a gap.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/support/tls.hpp"

using namespace rdpdx;

namespace {

struct Gap {
    std::size_t from, length;
};

void read_part(tls::StreamReader& reader, bytes::View data, std::size_t begin, std::size_t end, std::size_t step,
               std::vector<std::string>& lines) {
    for (std::size_t at = begin; at < end;) {
        const std::size_t size = std::min(step, end - at);
        reader.feed(data.subspan(at, size), at, [&](const tls::StreamReader::Located& located) {
            lines.push_back(test::line(located));
            if (located.offset > at + size) std::abort();
            const auto* message = std::get_if<tls::HandshakeMessage>(&located.item);
            if (!message) return;
            lines.back() += bytes::hex(message->body);
            if (const auto hello = tls::parse_client_hello(message->body))
                lines.back() += fmt::format(" {}", hello->extensions.size());
            if (const auto hello = tls::parse_server_hello(message->body))
                lines.back() += tls::version_name(hello->version());
            if (const auto list = tls::parse_certificate_list(message->body))
                lines.back() += fmt::format(" {}", list->size());
        });
        if (reader.pending() > 5 + (1U << 14) + 2048) std::abort();
        at += size;
    }
}

std::vector<std::string> read_all(bytes::View data, std::size_t step, Gap gap) {
    tls::StreamReader reader;
    std::vector<std::string> lines;
    read_part(reader, data, 0, gap.from, step, lines);
    if (gap.from < data.size()) reader.gap(gap.length);
    read_part(reader, data, gap.from + gap.length, data.size(), step, lines);
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    const std::size_t step = 1 + in.u8("step") % 64U;
    std::size_t from = in.u16be("gap from"), length = in.u8("gap length");
    if (in.error()) return 0;
    const bytes::View stream = in.rest();
    from = std::min(from, stream.size());
    length = std::min(length, stream.size() - from);
    const auto whole = read_all(stream, SIZE_MAX, {from, length});
    if (read_all(stream, step, {from, length}) != whole || read_all(stream, 1, {from, length}) != whole) std::abort();
    return 0;
}
