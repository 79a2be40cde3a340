// The one way to read hostile bytes: bounds are checked here and nowhere else.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace rdpdx::bytes {

using View = std::span<const std::byte>;

enum class Problem { truncated, bad_value, unsupported };

// Why a decoder stopped. `field` is the specification's own name and always a literal; offset, need and have are bytes.
struct ParseError {
    Problem problem{};
    std::string_view field;
    std::size_t offset{}, need{}, have{};
    friend bool operator==(const ParseError&, const ParseError&) = default;
};

// "field 'length' at offset 12 needs 2 bytes, 1 left"
std::string describe(const ParseError& error);

// Remembers the first read that did not fit; that read and all later ones give zeros and empty views. A decoder is then
// the field list of the specification, with one question at its end: error().
class Cursor {
public:
    explicit Cursor(View bytes, std::size_t base = 0) noexcept : bytes_{bytes}, base_{base} {}

    View take(std::size_t n, std::string_view field) noexcept {
        if (n > remaining()) {
            fail({Problem::truncated, field, position(), n, remaining()});
            return {};
        }
        const View out = bytes_.subspan(position_, n);
        position_ += n;
        return out;
    }
    void skip(std::size_t n, std::string_view field) noexcept { take(n, field); }
    // Everything that is left.
    View rest() noexcept { return take(remaining(), "rest"); }
    // The next n bytes without moving, or fewer if there are fewer.
    View peek(std::size_t n) const noexcept {
        return error_ ? View{} : bytes_.subspan(position_, n < remaining() ? n : remaining());
    }

    std::uint8_t u8(std::string_view field) noexcept { return static_cast<std::uint8_t>(big(1, field)); }
    std::uint16_t u16be(std::string_view field) noexcept { return static_cast<std::uint16_t>(big(2, field)); }
    std::uint32_t u24be(std::string_view field) noexcept { return static_cast<std::uint32_t>(big(3, field)); }
    std::uint32_t u32be(std::string_view field) noexcept { return static_cast<std::uint32_t>(big(4, field)); }
    std::uint64_t u64be(std::string_view field) noexcept { return big(8, field); }
    std::uint16_t u16le(std::string_view field) noexcept { return static_cast<std::uint16_t>(little(2, field)); }
    std::uint32_t u32le(std::string_view field) noexcept { return static_cast<std::uint32_t>(little(4, field)); }
    std::uint64_t u64le(std::string_view field) noexcept { return little(8, field); }

    void fail(const ParseError& error) noexcept {
        if (!error_) error_ = error;
    }
    const std::optional<ParseError>& error() const noexcept { return error_; }
    // Absolute: counted from where `base` is 0.
    std::size_t position() const noexcept { return base_ + position_; }
    // Nothing remains after an error, so a loop over what remains always ends.
    std::size_t remaining() const noexcept { return error_ ? 0 : bytes_.size() - position_; }

private:
    std::uint64_t little(unsigned width, std::string_view field) noexcept {
        std::uint64_t value = 0;
        unsigned shift = 0;
        for (const std::byte b : take(width, field)) {
            value |= std::to_integer<std::uint64_t>(b) << shift;
            shift += 8;
        }
        return value;
    }
    std::uint64_t big(unsigned width, std::string_view field) noexcept {
        std::uint64_t value = 0;
        for (const std::byte b : take(width, field)) value = value << 8 | std::to_integer<std::uint64_t>(b);
        return value;
    }
    View bytes_;
    std::size_t base_, position_ = 0;
    std::optional<ParseError> error_;
};

// A decoded value, or why there is none.
template <class T>
class [[nodiscard]] Parsed {
public:
    Parsed(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    Parsed(ParseError error) : state_{std::in_place_index<1>, error} {}
    explicit operator bool() const noexcept { return state_.index() == 0; }
    const T* operator->() const noexcept {
        assert(*this);
        return std::get_if<0>(&state_);
    }
    const T& operator*() const noexcept { return *operator->(); }
    const ParseError& error() const noexcept {
        assert(!*this);
        return *std::get_if<1>(&state_);
    }

private:
    std::variant<T, ParseError> state_;
};

inline View view_of(std::string_view text) noexcept { return std::as_bytes(std::span{text.data(), text.size()}); }
inline std::string_view text_of(View bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace rdpdx::bytes
