// Fragments of handshake messages of one side -> messages in their order. Of this folder only.
#pragma once

#include <map>

#include "parsers/tls/dtls.hpp"

namespace rdpdx::tls {

// [RFC 6347] 4.2.3, 4.2.4. Fragments come in any order and more than once; each message is handed out once, after those
// before it. Memory is bounded by kMostHeld bytes in kMostPieces.
class DtlsMessages {
public:
    static constexpr std::size_t kMostHeld = 2 * std::size_t{128} * 1024, kMostPieces = 2048;
    // So far ahead of the next one; a flight has six messages at most.
    static constexpr std::uint32_t kMostAhead = 32;

    enum class Taken {
        first,     // of a message that was not seen before
        another,   // of one that was
        repeated,  // of one that was handed out
        refused,   // says of the message what an earlier one did not, is too far ahead, or there is no room
    };
    // `tag` and `opened` of the first fragment are those of its message.
    Taken take(const DtlsHandshakeHeader& header, bytes::View fragment, std::uint64_t tag, bool opened);

    struct Found {
        HandshakeMessage message;  // its body lives until the next call
        std::uint64_t tag{};
        std::optional<bytes::ParseError> lost;  // instead of the message: its "body", or whole ones: "message_seq"
    };
    // The next message; or, of those given up, what is missing of it.
    bool next(Found& found);

    // The receiver has gone on, so that what is missing before the last message seen was lost to the capture alone.
    void give_up() noexcept;
    // Another handshake: numbers begin anew.
    void restart();
    std::uint32_t next_seq() const noexcept { return next_; }
    // Neither handed out nor held anything.
    bool untouched() const noexcept { return next_ == 0 && held_.empty(); }

private:
    struct Held {
        std::uint8_t type{};
        std::uint32_t length{};
        std::uint64_t tag{};
        bool opened{};
        std::size_t have{};
        std::map<std::uint32_t, std::vector<std::byte>> pieces;  // by offset, none over another
    };
    void add(Held& message, std::uint32_t offset, bytes::View fragment);
    void hand_out(Found& found);

    std::map<std::uint32_t, Held> held_;  // by message_seq, from next_ on
    std::size_t held_bytes_{}, held_pieces_{};
    std::uint32_t next_{}, given_up_{};
    std::vector<std::byte> body_;
};

}  // namespace rdpdx::tls
