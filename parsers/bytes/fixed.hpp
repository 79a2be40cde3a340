// Headers of a length known when compiling, for the few places that every packet of a capture, or every record of a
// log, passes.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>

#include "parsers/bytes/cursor.hpp"

namespace rdpdx::bytes {

// Whether the bytes are there is asked once, when it is made; whether a field lies inside, by the compiler. Everywhere
// else Cursor is the better choice, since it says what is missing.
template <std::size_t N>
class Fixed {
public:
    // The first N bytes, which must live as long as this; nothing if there are fewer.
    static std::optional<Fixed> of(View bytes) noexcept {
        if (bytes.size() < N) return std::nullopt;
        return Fixed{bytes.data()};
    }

    template <std::size_t At>
    std::uint8_t u8() const noexcept {
        return load<std::uint8_t, At>();
    }
    template <std::size_t At>
    std::uint16_t u16be() const noexcept {
        return ordered<std::endian::big, std::uint16_t, At>();
    }
    template <std::size_t At>
    std::uint32_t u32be() const noexcept {
        return ordered<std::endian::big, std::uint32_t, At>();
    }
    template <std::size_t At>
    std::uint32_t u32le() const noexcept {
        return ordered<std::endian::little, std::uint32_t, At>();
    }
    template <std::size_t At>
    std::uint64_t u64le() const noexcept {
        return ordered<std::endian::little, std::uint64_t, At>();
    }
    // Four bytes as they lie, for comparing and copying only.
    template <std::size_t At>
    std::uint32_t raw32() const noexcept {
        return load<std::uint32_t, At>();
    }

private:
    explicit Fixed(const std::byte* at) noexcept : at_{at} {}

    template <std::unsigned_integral T, std::size_t At>
    T load() const noexcept {
        static_assert(At + sizeof(T) <= N);
        T out;
        std::memcpy(&out, at_ + At, sizeof(T));
        return out;
    }
    template <std::endian Order, std::unsigned_integral T, std::size_t At>
    T ordered() const noexcept {
        const T raw = load<T, At>();
        if constexpr (Order == std::endian::native) return raw;
        return swapped(raw);
    }
    // Written out, since compilers make one instruction of this and none but a loop of a loop.
    static constexpr std::uint16_t swapped(std::uint16_t raw) noexcept {
        return static_cast<std::uint16_t>(raw << 8U | raw >> 8U);
    }
    static constexpr std::uint32_t swapped(std::uint32_t raw) noexcept {
        return raw << 24U | (raw & 0xFF00U) << 8U | (raw >> 8U & 0xFF00U) | raw >> 24U;
    }
    static constexpr std::uint64_t swapped(std::uint64_t raw) noexcept {
        const auto half = [](std::uint64_t value) { return std::uint64_t{swapped(static_cast<std::uint32_t>(value))}; };
        return half(raw) << 32U | half(raw >> 32U);
    }

    const std::byte* at_;
};

}  // namespace rdpdx::bytes
