#include "parsers/events/json_cutter.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::events {
namespace {

constexpr std::size_t kMaxKey = 64, kMaxFrame = 64;
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of a file that was appended to another

bool space(char c) noexcept { return kSpace.find(c) != std::string_view::npos; }

// Takes `text` away if it begins with `word`, and white space behind it.
bool eat(std::string_view& text, std::string_view word) noexcept {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return true;
}

bool eat_digits(std::string_view& text) noexcept {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
    return end > 0;
}

}  // namespace

// One object while it is being cut.
struct JsonCutter::Inside {
    enum class Stop : std::uint8_t { none, over, look, broken };

    std::uint64_t begin{}, at{};
    std::uint64_t column{};  // of the object in its line
    std::string key;         // its first one: that of the next event is the same
    unsigned depth = 0;
    std::size_t parts = 0;
    bool text = false, escaped = false;
    bool blank = false;  // only white space so far in this line
    std::uint64_t line_begin{};
    std::string_view why;  // it is broken

    // Goes through `more`, which stands at `at`. Stop::look: at a bracket that may be the next event's.
    Stop scan(std::string_view more);
    Stop count(char c);

private:
    void in_text(char c) noexcept {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            text = false;
        } else if (c == '\n') {
            why = "a text goes over the end of its line";
        }
    }
};

JsonCutter::Inside::Stop JsonCutter::Inside::scan(std::string_view more) {
    for (const char c : more) {
        Stop stop = Stop::none;
        if (text) {
            in_text(c);
        } else if (c == '"') {
            text = true;
            blank = false;
        } else if (c == '\n') {
            blank = true;
            line_begin = at + 1;
        } else if (!space(c)) {
            if (c == '{' && blank && depth > 0 && at - line_begin <= column) return Stop::look;
            blank = false;
            stop = count(c);
        }
        ++at;
        if (at - begin >= kMaxEvent && stop != Stop::over) why = "it is longer than 16 MiB";
        if (!why.empty()) return Stop::broken;
        if (stop != Stop::none) return stop;
    }
    return Stop::none;
}

JsonCutter::Inside::Stop JsonCutter::Inside::count(char c) {
    const bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if (!opens && !closes && c != ',') return Stop::none;
    if (opens && ++depth > kMaxJsonDepth) why = "it is nested too deeply";
    if (++parts > kMaxJsonParts) why = "it has too many parts";
    return closes && --depth == 0 ? Stop::over : Stop::none;
}

bool JsonCutter::reach(std::uint64_t position) {
    while (window_.end() <= position)
        if (!window_.more()) return false;
    return true;
}

std::uint64_t JsonCutter::past_space(std::uint64_t position) {
    constexpr std::uint64_t kFar = 4096;
    const std::uint64_t limit = position + kFar;
    while (position < limit && space(at(position))) ++position;
    return position;
}

// The first key of the object at `position`, or empty.
std::string JsonCutter::first_key(std::uint64_t position) {
    position = past_space(position + 1);
    if (at(position) != '"') return {};
    reach(position + kMaxKey);
    const auto text = window_.text(position + 1).substr(0, kMaxKey);
    return std::string{text.substr(0, text.find('"'))};
}

// Past what may stand between events besides brackets: "Record 7", and the frame {"value":[ ... ],"Count":7}.
std::optional<std::uint64_t> JsonCutter::past_frame(std::uint64_t position) {
    reach(position + kMaxFrame);
    const std::string_view all = window_.text(position).substr(0, kMaxFrame);
    std::string_view text = all;
    bool fits = false;
    if (eat(text, "Record")) {
        fits = eat_digits(text);
    } else if (eat(text, "\"Count\"")) {
        fits = eat(text, ":") && eat_digits(text) && eat(text, "}");
    } else if (eat(text, "{")) {
        fits = eat(text, "\"value\"") && eat(text, ":") && eat(text, "[");
    } else {
        fits = eat(text, kByteOrderMark);
    }
    if (!fits) return {};
    const std::string_view taken = all.substr(0, all.size() - text.size());
    return position + taken.find_last_not_of(kSpace) + 1;
}

void JsonCutter::noise(std::uint64_t position) {
    if (noise_told_) return;
    noise_told_ = true;
    notices_.add(window_.file_offset(position),
                 "text that belongs to no event begins here and is skipped, here and later");
}

std::optional<JsonCutter::Piece> JsonCutter::next() {
    while (true) {
        window_.drop(position_);
        const char c = at(position_);
        if (window_.end() <= position_) return {};
        if (c == '\n') line_begin_ = position_ + 1;
        if (space(c) || c == ',' || c == '[' || c == ']') {
            ++position_;
        } else if (const auto past = past_frame(position_)) {
            position_ = *past;
        } else if (c == '{') {
            if (auto piece = cut(position_)) return piece;
        } else {
            noise(position_);
            ++position_;
        }
    }
}

// Goes on at `resume`, or else at the next object that begins as this one did, as far as it was followed.
void JsonCutter::give_up(const Inside& in, std::string_view why, std::optional<std::uint64_t> resume) {
    notices_.add(window_.file_offset(in.begin), fmt::format("an event was skipped: {}", why));
    position_ = std::max(in.at, in.begin + 1);
    line_begin_ = in.line_begin;
    if (resume) position_ = *resume;
    if (resume || in.key.empty()) return;
    const std::string opening = '"' + in.key + '"';
    const std::string_view text = window_.text(in.begin).substr(0, static_cast<std::size_t>(in.at - in.begin));
    for (auto found = text.find(opening, 1); found != std::string_view::npos; found = text.find(opening, found + 1)) {
        const auto brace = text.find_last_not_of(kSpace, found - 1);
        if (brace == 0 || brace == std::string_view::npos || text[brace] != '{') continue;
        position_ = in.begin + brace;
        const auto line = text.rfind('\n', brace);
        if (line != std::string_view::npos) line_begin_ = in.begin + line + 1;
        return;
    }
}

std::optional<JsonCutter::Piece> JsonCutter::cut(std::uint64_t begin) {
    using Stop = Inside::Stop;
    Inside in;
    in.begin = in.at = begin;
    in.line_begin = line_begin_;
    in.column = begin - std::min(begin, line_begin_);
    in.key = first_key(begin);
    while (reach(in.at)) {
        Stop stop = in.scan(window_.text(in.at));
        if (stop == Stop::look) {
            // A bracket may well stand here inside of an event, unless it begins as the event itself did.
            if (!in.key.empty() && first_key(in.at) == in.key) {
                give_up(in, "the next one begins before its end", in.at);
                return {};
            }
            in.blank = false;
            stop = in.count('{');
            ++in.at;
            if (!in.why.empty()) stop = Stop::broken;
        }
        if (stop == Stop::broken) {
            give_up(in, in.why);
            return {};
        }
        if (stop == Stop::over) {
            position_ = in.at;
            line_begin_ = in.line_begin;
            return Piece{begin, window_.text(begin).substr(0, static_cast<std::size_t>(in.at - begin))};
        }
    }
    give_up(in, "the file ends before it does");
    return {};
}

}  // namespace rdpdx::events
