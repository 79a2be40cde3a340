#include "parsers/events/cutter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/events/plain_event.hpp"

namespace rdpdx::events {
namespace {

constexpr std::size_t kMaxName = 128;       // longer names are none that we look for
constexpr std::uint64_t kMaxTag = 1 << 16;  // bytes between '<' and '>'
constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of a file that was appended to another

// How many bytes at the end of `text` may go on as a byte order mark.
std::size_t begun_mark(std::string_view text) noexcept {
    for (const std::size_t n : {2U, 1U})
        if (text.ends_with(kByteOrderMark.substr(0, n))) return n;
    return 0;
}

bool space(char c) noexcept { return kSpace.find(c) != std::string_view::npos; }

// How a comment, a CDATA section or an instruction ends, and how long its beginning is.
struct Special {
    std::string_view terminator;
    std::size_t opening{};
};
Special special_of(Tag::Kind kind) noexcept {
    if (kind == Tag::Kind::comment) return {"-->", 4};
    if (kind == Tag::Kind::cdata) return {"]]>", 9};
    return {"?>", 2};
}

bool special(Tag::Kind kind) noexcept {
    return kind == Tag::Kind::comment || kind == Tag::Kind::cdata || kind == Tag::Kind::instruction;
}

}  // namespace

void Notices::add(std::uint64_t offset, std::string text) {
    if (list_.size() < kMaxNotices) {
        list_.push_back({offset, std::move(text)});
    } else {
        ++more_;
    }
}

std::vector<Notice> Notices::take() {
    if (more_ > 0) list_.back().text = fmt::format("{} more places could not be read", more_ + 1);
    more_ = 0;
    return std::move(list_);
}

// One event while it is being cut.
struct Cutter::Inside {
    std::uint64_t begin{}, limit{}, at{};
    std::size_t tags = 0, depth = 0, roots = 0;  // depth counts elements named Event, roots those named Events
    bool user_data = false;
    // An event within UserData: either it belongs there, or ours was cut off just before it. Decided at its end.
    std::optional<std::uint64_t> inner;
    std::size_t inner_depth = 0;
};

bool Cutter::reach(std::uint64_t position) {
    while (window_.end() <= position)
        if (!window_.more()) return false;
    return true;
}

std::optional<std::uint64_t> Cutter::find_tag(std::uint64_t from, std::uint64_t limit) {
    while (from < limit && reach(from)) {
        const auto found = window_.text(from).find('<');
        if (found != std::string_view::npos) {
            const std::uint64_t at = from + found;
            return at < limit ? std::optional{at} : std::nullopt;
        }
        from = window_.end();
    }
    return {};
}

Tag Cutter::tag_at(std::uint64_t position) {
    reach(position + kMaxName);
    std::string_view text = window_.text(position).substr(1, kMaxName);
    if (text.starts_with("!--")) return {Tag::Kind::comment, {}};
    if (text.starts_with("![CDATA[")) return {Tag::Kind::cdata, {}};
    if (text.starts_with('?')) return {Tag::Kind::instruction, {}};
    const bool close = text.starts_with('/');
    if (close) text.remove_prefix(1);
    const auto end = text.find_first_of(" \t\r\n/><");
    // "</Event" that the file or another tag cuts off may have been "</EventData>".
    if (end == 0 || end == std::string_view::npos || text.front() == '!' || (close && text[end] == '<'))
        return {Tag::Kind::other, {}};
    text = text.substr(0, end);
    text.remove_prefix(text.rfind(':') + 1);  // npos + 1 is 0
    return {close ? Tag::Kind::close : Tag::Kind::open, text};
}

// Behind the tag's '>'. A '<' ends the tag as well: it cannot stand in one, so the tag was cut off there.
Cutter::TagEnd Cutter::end_of_tag(std::uint64_t position) {
    char quote = 0, before = 0;
    for (std::uint64_t at = position + 1; at < position + kMaxTag && reach(at); ++at) {
        const char c = window_.text(at).front();
        if (c == '<') return {at, false};
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return {at + 1, before == '/'};
        }
        before = c;
    }
    return {std::min(position + kMaxTag, window_.end()), false};
}

std::optional<std::uint64_t> Cutter::end_of_special(std::uint64_t position, Tag::Kind kind, std::uint64_t limit) {
    const auto [terminator, opening] = special_of(kind);
    auto& [from, to] = searched_[static_cast<std::size_t>(kind) - static_cast<std::size_t>(Tag::Kind::comment)];
    std::uint64_t at = position + opening;
    if (at < from || at > to) {
        from = to = at;
    } else {
        at = to;
    }
    while (at < limit && reach(at + terminator.size() - 1)) {
        const auto found = window_.text(at).find(terminator);
        if (found != std::string_view::npos) {
            to = at + found;
            return to < limit ? std::optional{to + terminator.size()} : std::nullopt;
        }
        at = window_.end() - (terminator.size() - 1);
        to = at;
    }
    return {};
}

// Whether the tag here opens a whole event: its first child is System.
bool Cutter::system_follows(std::uint64_t position) {
    const TagEnd end = end_of_tag(position);
    std::uint64_t at = end.position;
    while (at < end.position + kMaxTag && reach(at) && space(window_.text(at).front())) ++at;
    if (end.closed || !reach(at) || window_.text(at).front() != '<') return false;
    const Tag child = tag_at(at);
    return child.kind == Tag::Kind::open && child.name == "System";
}

// Whether the next tag ends an element that can hold an event, so the event before it stood in its place.
bool Cutter::closes_something(const Inside& in) {
    const auto at = find_tag(in.at, in.limit);
    if (!at) return false;
    const Tag tag = tag_at(*at);
    return tag.kind == Tag::Kind::close && tag.name != "Event" && (tag.name != "Events" || in.roots > 0);
}

void Cutter::noise(std::uint64_t position) {
    if (noise_told_) return;
    noise_told_ = true;
    notices_.add(window_.file_offset(position),
                 "text that belongs to no event begins here and is skipped, here and later");
}

void Cutter::check_between(std::uint64_t from, std::uint64_t to) {
    std::string_view text = window_.text(from).substr(0, static_cast<std::size_t>(to - from));
    while (!noise_told_ && !text.empty()) {
        if (space(text.front())) {
            text.remove_prefix(1);
        } else if (text.starts_with(kByteOrderMark)) {
            text.remove_prefix(kByteOrderMark.size());
        } else {
            noise(to - text.size());
        }
    }
}

std::optional<Cutter::Piece> Cutter::next() {
    while (true) {
        window_.drop(position_);
        if (!reach(position_)) return {};
        const std::uint64_t seen = window_.end();
        const auto found = find_tag(position_, seen);
        if (!found) {
            const bool last = !window_.more();
            const auto unread = window_.text(position_).substr(0, static_cast<std::size_t>(seen - position_));
            const std::uint64_t to = last ? seen : seen - begun_mark(unread);
            check_between(position_, to);
            position_ = to;
            if (last) return {};
            continue;
        }
        const std::uint64_t at = *found;
        check_between(position_, at);
        const Tag tag = tag_at(at);
        position_ = at + 1;
        if (special(tag.kind)) {
            const auto end = end_of_special(at, tag.kind, at + kMaxEvent);
            if (!end || tag.kind == Tag::Kind::cdata) noise(at);
            if (end) position_ = *end;
        } else if (tag.kind == Tag::Kind::open && tag.name == "Event") {
            if (auto piece = cut(at)) return piece;
        } else if (tag.name == "Events") {
            position_ = end_of_tag(at).position;
        } else {
            noise(at);
        }
    }
}

// Takes the tag at `at` into account. False when the event is over: it is whole if `in.depth` is 0, otherwise it was
// given up and position_ says where to go on.
bool Cutter::step(Inside& in, std::uint64_t at) {
    const Tag tag = tag_at(at);
    in.at = at + 1;
    if (++in.tags > kMaxTags) {
        notices_.add(window_.file_offset(in.begin), fmt::format("an event has more than {} tags", kMaxTags));
        skip_overlong(at);
        return false;
    }
    if (special(tag.kind)) {
        if (const auto end = end_of_special(at, tag.kind, in.limit)) in.at = *end;
        return true;
    }
    if (tag.name == "Event" && tag.kind == Tag::Kind::open) return open_event(in, at);
    if (tag.name == "Event") return close_event(in, at);
    if (tag.name == "Events") return step_root(in, at, tag.kind);
    if (tag.name == "UserData" && in.depth == 1) {
        const TagEnd end = end_of_tag(at);
        in.at = end.position;
        in.user_data = tag.kind == Tag::Kind::open && !end.closed;
    }
    return true;
}

bool Cutter::open_event(Inside& in, std::uint64_t at) {
    if (system_follows(at)) {
        if (!in.user_data || in.inner) {
            give_up(in, in.inner.value_or(at), "where the next event begins");
            return false;
        }
        in.inner = at;
        in.inner_depth = in.depth;
    }
    const TagEnd end = end_of_tag(at);
    in.at = end.position;
    if (!end.closed) ++in.depth;
    return true;
}

bool Cutter::close_event(Inside& in, std::uint64_t at) {
    in.at = end_of_tag(at).position;
    if (--in.depth == 0) return false;
    if (!in.inner || in.depth != in.inner_depth) return true;
    if (!closes_something(in)) {
        give_up(in, *in.inner, "where the next event begins");
        return false;
    }
    in.inner.reset();
    return true;
}

bool Cutter::step_root(Inside& in, std::uint64_t at, Tag::Kind kind) {
    const TagEnd end = end_of_tag(at);
    in.at = end.position;
    if (kind == Tag::Kind::open) {
        if (!end.closed) ++in.roots;
    } else if (in.roots > 0) {
        --in.roots;
    } else {
        give_up(in, in.inner.value_or(at), "where </Events> stands");
        return false;
    }
    return true;
}

void Cutter::give_up(const Inside& in, std::uint64_t resume, std::string_view why) {
    notices_.add(window_.file_offset(in.begin),
                 fmt::format("an event is cut off: </Event> was expected before offset {}, {}",
                             window_.file_offset(resume), why));
    position_ = resume;
}

// The usual event, in one pass over its text. Nothing is decided here that the long way would decide otherwise.
std::optional<Cutter::Piece> Cutter::cut_plain(std::uint64_t begin) {
    if (first_tag_.empty() || !window_.text(begin).starts_with(first_tag_)) {
        const TagEnd end = end_of_tag(begin);
        if (end.closed) return {};
        first_tag_ = window_.text(begin).substr(0, static_cast<std::size_t>(end.position - begin));
        if (first_tag_.back() != '>') first_tag_.clear();
    }
    PlainEvent event{first_tag_.size()};
    while (!first_tag_.empty()) {
        const auto answer = event.look(window_.text(begin));
        if (answer == PlainEvent::Answer::more && window_.more()) continue;
        if (answer != PlainEvent::Answer::found) return {};
        position_ = begin + event.size();
        return Piece{begin, window_.text(begin).substr(0, event.size())};
    }
    return {};
}

std::optional<Cutter::Piece> Cutter::cut(std::uint64_t begin) {
    if (auto piece = cut_plain(begin)) return piece;
    Inside in;
    in.begin = begin;
    in.limit = begin + kMaxEvent;
    const TagEnd start = end_of_tag(begin);
    in.at = start.position;
    in.depth = start.closed ? 0 : 1;
    while (in.depth > 0) {
        const auto at = find_tag(in.at, in.limit);
        if (at) {
            if (step(in, *at)) continue;
            if (in.depth > 0) return {};
        } else if (in.inner) {
            give_up(in, *in.inner, "where the next event begins");
            return {};
        } else if (window_.end() < in.limit) {
            give_up(in, window_.end(), "where the file ends");
            return {};
        } else {
            notices_.add(window_.file_offset(begin), "an event is longer than 16 MiB");
            skip_overlong(in.limit);
            return {};
        }
    }
    position_ = in.at;
    return Piece{begin, window_.text(begin).substr(0, static_cast<std::size_t>(in.at - begin))};
}

// Goes on behind the event's end tag, or at the start of the next event.
void Cutter::skip_overlong(std::uint64_t from) {
    position_ = from;
    while (true) {
        window_.drop(position_);
        if (!reach(position_)) return;
        const auto found = find_tag(position_, window_.end());
        position_ = found ? *found : window_.end();
        if (!found) continue;
        const Tag tag = tag_at(*found);
        if (special(tag.kind)) {
            position_ = end_of_special(*found, tag.kind, *found + kMaxEvent).value_or(*found + 1);
        } else if (tag.kind == Tag::Kind::close && tag.name == "Event") {
            position_ = end_of_tag(*found).position;
            return;
        } else if (tag.kind == Tag::Kind::open && tag.name == "Event" && system_follows(*found)) {
            return;
        } else {
            position_ = *found + 1;
        }
    }
}

}  // namespace rdpdx::events
