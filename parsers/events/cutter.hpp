// Finds where each event of a text begins and ends, without understanding more of XML than that needs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parsers/events/window.hpp"
#include "parsers/events/xml.hpp"

namespace rdpdx::events {

inline constexpr std::uint64_t kMaxEvent = std::uint64_t{16} << 20;  // bytes of UTF-8
inline constexpr std::size_t kMaxTags = 100'000;  // in one event; real ones have less than a thousand

// Keeps the first notices and counts the rest.
class Notices {
public:
    void add(std::uint64_t offset, std::string text);
    // Ends the list with the number of those that were left out.
    std::vector<Notice> take();

private:
    std::vector<Notice> list_;
    std::uint64_t more_ = 0;
};

// What stands between '<' and the end of a name.
struct Tag {
    enum class Kind : std::uint8_t { open, close, comment, cdata, instruction, other };
    Kind kind{};
    std::string_view name;  // without its prefix; for open and close; valid until the window changes
};

class Cutter {
public:
    Cutter(Window& window, Notices& notices) : window_{window}, notices_{notices} {}

    // The next whole event, from "<Event" to "</Event>", or nothing at the end. Valid until the next call.
    struct Piece {
        std::uint64_t begin{};  // position in the window
        std::string_view text;
    };
    std::optional<Piece> next();

private:
    struct TagEnd {
        std::uint64_t position{};
        bool closed{};  // "/>": there is no end tag to come
    };
    struct Inside;  // how far we are in one event

    bool reach(std::uint64_t position);
    std::optional<std::uint64_t> find_tag(std::uint64_t from, std::uint64_t limit);
    Tag tag_at(std::uint64_t position);
    TagEnd end_of_tag(std::uint64_t position);
    std::optional<std::uint64_t> end_of_special(std::uint64_t position, Tag::Kind kind, std::uint64_t limit);
    bool system_follows(std::uint64_t position);
    bool closes_something(const Inside& in);

    std::optional<Piece> cut(std::uint64_t begin);
    std::optional<Piece> cut_plain(std::uint64_t begin);
    bool step(Inside& in, std::uint64_t at);
    bool open_event(Inside& in, std::uint64_t at);
    bool close_event(Inside& in, std::uint64_t at);
    bool step_root(Inside& in, std::uint64_t at, Tag::Kind kind);
    void give_up(const Inside& in, std::uint64_t resume, std::string_view why);
    void skip_overlong(std::uint64_t from);
    void noise(std::uint64_t position);
    void check_between(std::uint64_t from, std::uint64_t to);

    Window& window_;
    Notices& notices_;
    std::uint64_t position_ = 0;  // everything before is done with
    bool noise_told_ = false;
    std::string first_tag_;  // of the event before, which the next one begins with as a rule
    // For comments, CDATA and instructions: from `from` up to `to` their terminator does not stand. Keeps hostile input
    // from making us search the same text again for every opening.
    struct Searched {
        std::uint64_t from{}, to{};
    };
    std::array<Searched, 3> searched_{};
};

}  // namespace rdpdx::events
