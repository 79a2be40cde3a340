// Template instances: their heads and their values.
#include <algorithm>

#include "parsers/evtx/binxml.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::size_t kDefinitionHeader = 24;  // next, GUID, size

}  // namespace

std::optional<InstanceHead> parse_instance_head(bytes::View chunk, std::size_t at, std::size_t end) noexcept {
    end = std::min(end, chunk.size());
    if (at > end || end - at < 9 + 4) return {};
    InstanceHead head;
    head.id = u32_at(chunk, at + 1);
    head.definition = u32_at(chunk, at + 5);
    head.values = at + 9;
    if (head.definition == head.values) {
        const std::size_t size = u32_at(chunk, head.values + 20);
        if (end - head.values < kDefinitionHeader + 4 || size > end - head.values - kDefinitionHeader - 4) return {};
        head.values += kDefinitionHeader + size;
    }
    return head;
}

Values parse_values(bytes::View chunk, std::size_t at, std::size_t end, std::vector<Slot>& out) {
    end = std::min(end, chunk.size());
    const std::size_t count = u32_at(chunk, at), table = at + 4;
    if (at > end || end - at < 4 || count > (end - table) / 4 || count > kMaxSlots) {
        out.clear();
        return {false, end};
    }
    std::size_t value = table + count * 4;
    bool whole = true;
    out.resize(count);  // no clear() before it, which would make it write all of them twice
    const bytes::View specs = chunk.subspan(table, count * 4);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t spec = u32_at(specs, i * 4);
        const std::size_t size = spec & 0xFFFF;
        if (size > end - value) {
            whole = false;
            std::fill(out.begin() + static_cast<std::ptrdiff_t>(i), out.end(), Slot{});
            break;
        }
        out[i] = {static_cast<std::uint32_t>(value), static_cast<std::uint16_t>(size),
                  static_cast<std::uint8_t>(spec >> 16)};
        value += size;
    }
    return {whole, whole ? value : end};
}

}  // namespace rdpdx::evtx
