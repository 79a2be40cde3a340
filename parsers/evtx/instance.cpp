// Template instances: their heads and their values.
#include <algorithm>
#include <cstddef>

#include "parsers/evtx/binxml.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace rdpdx::evtx {
namespace {

constexpr std::size_t kDefinitionHeader = 24;  // next, GUID, size

#if defined(__SSE2__)
static_assert(sizeof(Slot) == 8 && offsetof(Slot, size) == 4 && offsetof(Slot, type) == 6);

// Four slots of four specs; `begin` is where the first value begins, four times, and afterwards where the next does.
void lay_out_four(const std::byte* specs, __m128i& begin, Slot* to) noexcept {
    const __m128i spec = _mm_loadu_si128(reinterpret_cast<const __m128i*>(specs));
    const __m128i size = _mm_and_si128(spec, _mm_set1_epi32(0xFFFF));
    const __m128i two = _mm_add_epi32(size, _mm_slli_si128(size, 4));
    const __m128i sum = _mm_add_epi32(two, _mm_slli_si128(two, 8));
    const __m128i offset = _mm_add_epi32(begin, _mm_sub_epi32(sum, size));
    const __m128i size_and_type = _mm_and_si128(spec, _mm_set1_epi32(0xFFFFFF));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_unpacklo_epi32(offset, size_and_type));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 2), _mm_unpackhi_epi32(offset, size_and_type));
    begin = _mm_add_epi32(begin, _mm_shuffle_epi32(sum, 0xFF));
}
#endif

// Slots of (size, type) pairs for values that stand one after the other; returns where the last ends. kMaxSlots sizes
// of 16 bits cannot wrap.
std::size_t lay_out(bytes::View specs, std::size_t at, std::span<Slot> out) noexcept {
    auto begin = static_cast<std::uint32_t>(at);
    std::size_t i = 0;
#if defined(__SSE2__)
    __m128i begins = _mm_set1_epi32(static_cast<int>(begin));
    for (; i + 4 <= out.size(); i += 4) lay_out_four(specs.data() + i * 4, begins, out.data() + i);
    begin = static_cast<std::uint32_t>(_mm_cvtsi128_si32(begins));
#endif
    for (; i < out.size(); ++i) {
        const std::uint32_t spec = u32_at(specs, i * 4);
        out[i] = {begin, static_cast<std::uint16_t>(spec), static_cast<std::uint8_t>(spec >> 16)};
        begin += spec & 0xFFFF;
    }
    return begin;
}

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
    out.resize(count);  // no clear() before it, which would make it write all of them twice
    // Most values fit, so where they end is asked once.
    const std::size_t value = lay_out(chunk.subspan(table, count * 4), table + count * 4, out);
    if (value <= end) return {true, value};
    const auto beyond = [&](const Slot& slot) { return slot.size > end - slot.offset; };
    std::fill(std::ranges::find_if(out, beyond), out.end(), Slot{});
    return {false, end};
}

}  // namespace rdpdx::evtx
