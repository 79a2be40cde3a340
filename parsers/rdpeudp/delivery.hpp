// Inside of rdpeudp: numbered packets of one side, told apart and put in order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/stream/flow.hpp"

namespace rdpdx::rdpeudp {

using stream::Mark;

// Numbers of 16 or 32 bits that wrap around -> numbers that do not: each is the nearest to the highest one so far.
class Extender {
public:
    explicit Extender(unsigned bits) noexcept : size_{std::uint64_t{1} << bits} {}
    std::uint64_t operator()(std::uint32_t number) noexcept {
        if (highest_ == 0) return highest_ = size_ + number;  // room for earlier ones
        std::uint64_t out = (highest_ & ~(size_ - 1)) + number;
        if (out + size_ / 2 < highest_)
            out += size_;
        else if (out > highest_ + size_ / 2 && out >= size_)
            out -= size_;
        highest_ = std::max(highest_, out);
        return out;
    }
    std::uint64_t highest() const noexcept { return highest_; }

private:
    std::uint64_t size_, highest_{};
};

// Which packets were seen already, and with which number of transmission.
class Recent {
public:
    enum class Seen { first, again, captured_twice };
    Seen add(std::uint64_t number, std::uint32_t transmission);

private:
    // A window has 1024 packets at most in what Windows sends; what is older was sent again.
    static constexpr std::size_t kKept = 1024;
    struct Entry {
        std::uint64_t number{};
        std::uint32_t transmission{};
    };
    std::vector<Entry> entries_;  // empty before the first
};

// Payloads in the order of their numbers. What is missing is waited for while little enough waits behind it.
class Order {
public:
    static constexpr std::size_t kMostHeld = 512, kMostHeldBytes = std::size_t{256} * 1024;
    struct Payload {
        std::vector<std::byte> data;
        std::uint64_t cut{};  // bytes behind `data` that the capture does not have
        Mark mark;
        bool gap{};  // others are missing before it
    };

    // The stream begins with this one.
    void begin_with(std::uint64_t number) noexcept {
        if (!next_) next_ = number;
    }
    void add(std::uint64_t number, Payload payload);
    // The next one in order, or nothing yet.
    std::optional<Payload> take();
    // What still waits will not become whole.
    void give_up() noexcept { give_up_ = true; }
    void clear() noexcept;

private:
    std::map<std::uint64_t, Payload> held_;
    std::size_t bytes_{};
    std::optional<std::uint64_t> next_;  // not known: where the stream begins
    bool give_up_{};
};

}  // namespace rdpdx::rdpeudp
