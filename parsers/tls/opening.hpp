// What is told of the records of one side that are encrypted.
#pragma once

#include <utility>

#include "parsers/tls/decryption.hpp"

namespace rdpdx::tls {

// What became of the records that are encrypted. Said where it changes, never once a record.
struct Opening {
    enum class State {
        opens,         // the first record of this side was opened
        fails,         // this record does not authenticate, and the one before it was opened or is the first
        server_hello,  // secrets were given, but the hello that says which suite is in force was not seen
        secret,        // secrets were given, but none of this connection
        cipher,        // the suite is not one that is read here
    };
    State state{};
    bool opened_before{};     // fails: others of this side were
    bytes::ParseError error;  // fails
};

// Knows what was said of one side, so that it is said once.
class OpeningLog {
public:
    void opened();
    void failed(const bytes::ParseError& error);
    void missing(Decryption::Missing what);

    // Too many in a row did not open: each one costs as much as one that does.
    bool given_up() const noexcept { return failures_ >= kMostFailures; }
    // What is to be said now, once.
    std::optional<Opening> take() noexcept { return std::exchange(next_, std::nullopt); }

private:
    static constexpr unsigned kMostFailures = 256;
    std::optional<Opening> next_;
    bool opened_{}, failing_{}, said_missing_{};
    unsigned failures_{};
};

}  // namespace rdpdx::tls
