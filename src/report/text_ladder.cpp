#include "src/report/text_ladder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/report/ladder.hpp"

namespace rdpdx::report {
namespace {

using model::Party;
using Shape = Rung::Shape;

constexpr std::size_t kNarrowest = 24;    // between client and server
constexpr std::size_t kWidest = 76;       // more would only be longer arrows
constexpr std::size_t kRoomForTime = 60;  // a page that is narrower goes without the times
constexpr std::size_t kRoomForMark = 13;  // "  END E12 E34"

// As much of a text as has room in so many cells.
std::string fitting(std::string_view text, std::size_t cells) {
    std::string out = terminal_safe(text);
    // The one character beyond ASCII in our own labels; a terminal may not have it.
    constexpr std::string_view kTimes = "\u00d7";
    if (const auto at = out.find(kTimes); at != std::string::npos) out.replace(at, kTimes.size(), "x");
    if (display_width(out) <= cells) return out;
    std::string cut;
    std::size_t used = 0;
    for (const CodePoint c : code_points(out)) {
        used += display_width(c.utf8);
        if (used + 2 > cells) break;
        cut += c.utf8;
    }
    return cut + "..";
}

std::string spaces(std::size_t n) { return std::string(n, ' '); }

// One line between the lifelines: what is drawn from cell to cell, blanks and the path's line elsewhere.
class Canvas {
public:
    explicit Canvas(std::size_t width) : width_{width}, path_{width / 2} {}
    std::size_t width() const noexcept { return width_; }
    std::size_t path() const noexcept { return path_; }

    // `text` begins at cell `from`; both lifelines and the path's stand where it leaves room.
    std::string with(std::size_t from, const std::string& text) const {
        const std::size_t end = from + display_width(text);
        std::string before, behind;
        for (std::size_t i = 0; i < from; ++i) before += line_at(i);
        for (std::size_t i = end; i < width_; ++i) behind += line_at(i);
        return before + text + behind;
    }
    std::string centred(const std::string& text) const {
        const std::size_t n = std::min(display_width(text), width_ - 2);
        return with((width_ - n) / 2, text);
    }

private:
    char line_at(std::size_t i) const { return i == 0 || i + 1 == width_ ? '|' : i == path_ ? ':' : ' '; }
    std::size_t width_, path_;
};

// An arrow of `cells` with a label in it. The tail is where it begins; a head that is '>' or '<' arrives.
std::string arrow(std::size_t cells, std::string_view label, char shaft, char left, char right) {
    const std::string name = " " + fitting(label, cells > 6 ? cells - 6 : 0) + " ";
    const std::size_t rest = cells - std::min(cells, 2 + display_width(name));
    const std::size_t first = std::min<std::size_t>(rest / 2, 3);
    return left + std::string(first, shaft) + name + std::string(rest - first, shaft) + right;
}

std::string message(const Canvas& canvas, const Rung& r) {
    const char shaft = r.inferred ? '.' : '-';
    const bool to_right = r.from != Party::server;
    const std::size_t whole = canvas.width() - 2, half = canvas.path() - 1;
    switch (r.shape) {
        case Shape::cut_short:
            return to_right ? canvas.with(1, arrow(half, r.label, shaft, shaft, 'X'))
                            : canvas.with(canvas.path() + 1, arrow(whole - half - 1, r.label, shaft, 'X', shaft));
        case Shape::appears:
            return to_right ? canvas.with(canvas.path() + 1, arrow(whole - half - 1, r.label, shaft, 'X', '>'))
                            : canvas.with(1, arrow(half, r.label, shaft, '<', 'X'));
        case Shape::both:
            return canvas.with(1, arrow(whole, r.label, '=', '<', '>'));
        default:
            return canvas.with(
                1, to_right ? arrow(whole, r.label, shaft, shaft, '>') : arrow(whole, r.label, shaft, '<', shaft));
    }
}

std::string drawn(const Canvas& canvas, const Rung& r) {
    const std::size_t room = canvas.width() - 6;
    switch (r.shape) {
        case Shape::client_note:
            return canvas.with(0, "# " + fitting(r.label, room) + " ");
        case Shape::server_note: {
            const std::string text = " " + fitting(r.label, room) + " #";
            return canvas.with(canvas.width() - display_width(text), text);
        }
        case Shape::path_note:
            return canvas.centred("( " + fitting(r.label, room) + " )");
        case Shape::pause:
        case Shape::left_out:
            return canvas.centred("... " + fitting(r.label, room - 6) + " ...");
        default:
            return message(canvas, r);
    }
}

bool untimed(const Rung& r) { return r.shape == Shape::pause || r.shape == Shape::left_out; }

bool bad(const Rung& r) {
    return r.effect == model::Effect::failed || r.end || r.shape == Shape::cut_short || r.shape == Shape::appears;
}

std::string head(const Canvas& canvas) {
    const std::string path = canvas.path() > 12 ? "path" : "";
    const std::size_t left = canvas.path() - 6 - path.size() / 2;
    return "client" + spaces(left) + path + spaces(canvas.width() - 12 - left - path.size()) + "server";
}

}  // namespace

void ladder_section(Page& page, const model::Attempt& attempt, const EvidenceIndex& evidence, const model::Zone& zone) {
    const auto rungs = ladder(attempt, evidence);
    if (rungs.empty()) return;
    std::size_t time_width = 0;
    if (page.width() >= kRoomForTime)
        for (const Rung& r : rungs) time_width = std::max(time_width, model::to_clock(r.time, zone).size() + 2);
    const std::size_t taken = 2 + time_width + kRoomForMark;
    if (page.width() < taken + kNarrowest) return;
    const Canvas canvas{std::min(page.width() - taken, kWidest)};
    page.heading("Ladder");
    page.item("  ", "# an event; X and x: lost or failed; END: it ended the connection; dots: inferred", Tone::dim);
    page.drawing(spaces(2 + time_width) + head(canvas), Tone::dim);
    for (const Rung& r : rungs) {
        const std::string time = time_width == 0 || untimed(r) ? "" : model::to_clock(r.time, zone);
        const std::string mark = fmt::format("{}{}", r.end ? "END " : bad(r) ? "x " : "", fmt::join(r.evidence, " "));
        page.drawing(fmt::format("  {:<{}}{}  {}", time, time_width, drawn(canvas, r), fitting(mark, kRoomForMark - 2)),
                     bad(r)       ? Tone::bad
                     : untimed(r) ? Tone::dim
                                  : Tone::plain);
    }
}

}  // namespace rdpdx::report
