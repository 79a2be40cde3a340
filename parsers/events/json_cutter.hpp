// Finds where each object of a JSON text begins and ends, without understanding more of JSON than that needs.
#pragma once

#include "parsers/events/cutter.hpp"

namespace rdpdx::events {

inline constexpr unsigned kMaxJsonDepth = 64;          // brackets within an event
inline constexpr std::size_t kMaxJsonParts = 200'000;  // brackets and commas of one event

class JsonCutter {
public:
    JsonCutter(Window& window, Notices& notices) : window_{window}, notices_{notices} {}

    // The next whole object outside of any other, or nothing at the end. Arrays around objects do not count, nor does
    // the object that some versions of PowerShell put around an array. Valid until the next call.
    struct Piece {
        std::uint64_t begin{};  // position in the window
        std::string_view text;
    };
    std::optional<Piece> next();

private:
    struct Inside;
    bool reach(std::uint64_t position);
    char at(std::uint64_t position) { return reach(position) ? window_.text(position).front() : '\0'; }
    std::uint64_t past_space(std::uint64_t position);
    std::string first_key(std::uint64_t position);
    std::optional<std::uint64_t> past_frame(std::uint64_t position);
    void noise(std::uint64_t position);

    std::optional<Piece> cut(std::uint64_t begin);
    void give_up(const Inside& in, std::string_view why, std::optional<std::uint64_t> resume = {});

    Window& window_;
    Notices& notices_;
    std::uint64_t position_ = 0;    // everything before is done with
    std::uint64_t line_begin_ = 0;  // of the line that position_ is in, as far as it was followed
    bool noise_told_ = false;
};

}  // namespace rdpdx::events
