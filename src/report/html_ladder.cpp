// The ladder as an SVG drawing, and the same as a list for whoever does not see drawings.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/report/html_sections.hpp"
#include "src/report/ladder.hpp"
#include "src/report/text_safety.hpp"
#include "src/report/words.hpp"

namespace rdpdx::report {
namespace {

using model::Party;
using Shape = Rung::Shape;

// Columns of the drawing.
constexpr int kWidth = 1000, kTime = 8, kClient = 118, kPath = 480, kServer = 842, kTop = 58, kRow = 30;

std::string number(int n) { return fmt::format("{}", n); }

// As many characters as fit; the whole text is in the title and in the list.
std::string fitting(std::string_view text, std::size_t room) {
    std::string out;
    std::size_t n = 0;
    const std::string safe = terminal_safe(text);
    for (const CodePoint c : code_points(safe)) {
        if (++n > room) return out.append("\u2026");
        out += c.utf8;
    }
    return out;
}

void write(Html& html, int x, int y, std::string_view anchor, std::string_view kind, std::string_view text) {
    html.leaf("text", text, {{"class", kind}, {"x", number(x)}, {"y", number(y)}, {"text-anchor", anchor}});
}

void line(Html& html, int x1, int x2, int y, std::string_view kind) {
    html.shape("line", {{"class", kind}, {"x1", number(x1)}, {"x2", number(x2)}, {"y1", number(y)}, {"y2", number(y)}});
}

void arrow_head(Html& html, int x, int y, bool to_right) {
    const int back = to_right ? -9 : 9;
    html.shape("path", {{"class", "head"}, {"d", fmt::format("M{} {}l{} -4.5v9z", x, y, back)}});
}

void cross(Html& html, int x, int y) {
    html.shape("path", {{"class", "cross"}, {"d", fmt::format("M{} {}l10 10m0 -10l-10 10", x - 5, y - 5)}});
}

void message(Html& html, const Rung& r, int y) {
    const bool right = r.from == Party::client;
    const int begin = right ? kClient : kServer, end = right ? kServer : kClient;
    if (r.shape == Shape::both) {
        line(html, kClient, kServer, y, "wire");
        arrow_head(html, kClient, y, false);
        arrow_head(html, kServer, y, true);
    } else if (r.shape == Shape::cut_short) {
        line(html, begin, kPath, y, "wire");
        cross(html, kPath, y);
    } else if (r.shape == Shape::appears) {
        html.shape("circle", {{"class", "origin"}, {"cx", number(kPath)}, {"cy", number(y)}, {"r", "4.5"}});
        line(html, kPath, end, y, "wire");
        arrow_head(html, end, y, right);
    } else {
        line(html, begin, end, y, "wire");
        arrow_head(html, end, y, right);
    }
    write(html, kPath, y - 6, "middle", "label", fitting(r.label, 80));
}

void note(Html& html, const Rung& r, int y) {
    const int x = r.shape == Shape::client_note ? kClient : r.shape == Shape::server_note ? kServer : kPath;
    html.shape("rect", {{"class", "tick"},
                        {"x", number(x - 5)},
                        {"y", number(y - 5)},
                        {"width", "10"},
                        {"height", "10"},
                        {"rx", "2"}});
    // Nothing else is drawn between the lifelines in this row.
    const bool left = r.shape == Shape::client_note;
    if (r.shape == Shape::path_note)
        write(html, kPath, y - 9, "middle", "event", fitting(r.label, 70));
    else
        write(html, left ? x + 13 : x - 13, y + 4, left ? "start" : "end", "event",
              fitting(r.label + ": " + r.text, 92));
}

bool is_message(const Rung& r) {
    return r.shape == Shape::message || r.shape == Shape::both || r.shape == Shape::cut_short ||
           r.shape == Shape::appears;
}

std::string words_of(const Rung& r) {
    std::string out = r.text.empty() ? r.label : r.text;
    if (r.shape == Shape::cut_short) out += " Only the capture near the sender has it.";
    if (r.shape == Shape::appears) out += " Only the capture near the receiver has it.";
    if (r.end) out += " This ended the connection.";
    if (r.inferred) out += " (inferred)";
    return out;
}

void rung(Html& html, const HtmlCase& c, const Rung& r, int y) {
    const bool bad =
        r.effect == model::Effect::failed || r.end || r.shape == Shape::cut_short || r.shape == Shape::appears;
    html.open("g", {{"class", fmt::format("rung{}{}", bad ? " bad" : "", r.inferred ? " inferred" : "")}});
    html.leaf("title", words_of(r) + cite(r.evidence));
    if (r.shape == Shape::pause || r.shape == Shape::left_out) {
        line(html, kClient + 14, kServer - 14, y, "quiet");
        write(html, kPath, y - 6, "middle", "quiet", r.label);
    } else {
        write(html, kTime, y + 4, "start", "time", model::to_clock(r.time, c.report.zone));
        if (is_message(r))
            message(html, r, y);
        else
            note(html, r, y);
        write(html, kServer + 12, y + 4, "start", "cited",
              fmt::format("{}{}", fmt::join(r.evidence, " "),
                          r.end ? " \u2715 ends here"
                          : bad ? " \u2715"
                                : ""));
    }
    html.close();
}

void lifelines(Html& html, const HtmlCase& c, int height) {
    const auto column = [&](int x, const char* title, const std::string& who) {
        write(html, x, 24, "middle", "column", title);
        write(html, x, 42, "middle", "who", fitting(who, 30));
        html.shape(
            "line",
            {{"class", "life"}, {"x1", number(x)}, {"x2", number(x)}, {"y1", "52"}, {"y2", number(height - 10)}});
    };
    const auto& a = *c.attempt;
    column(kClient, "client", a.client.address.empty() ? a.client.name : a.client.address);
    column(kPath, "path", a.path.empty() ? "" : "captured at both ends");
    column(kServer, "server", a.server.address.empty() ? a.server.name : a.server.address);
}

void as_list(Html& html, const HtmlCase& c, const std::vector<Rung>& rungs) {
    html.open("details").leaf("summary", "the diagram in words").open("ol", {{"class", "rungs"}});
    for (const Rung& r : rungs) {
        html.open("li");
        if (r.shape != Shape::pause && r.shape != Shape::left_out)
            html.leaf("time", model::to_clock(r.time, c.report.zone)).text(" ");
        html.text(words_of(r) + cite(r.evidence)).close();
    }
    html.close().close();
}

}  // namespace

void html_ladder(Html& html, const HtmlCase& c) {
    if (!c.attempt) return;
    const auto rungs = ladder(*c.attempt, c.evidence);
    if (rungs.empty()) return;
    const int height = kTop + static_cast<int>(rungs.size()) * kRow + 26;
    begin_section(html, "ladder", "Ladder");
    html.leaf("p",
              "Messages between client and server; squares are entries of event logs. A cross marks what failed or did "
              "not arrive, dashes what is inferred.",
              {{"class", "lead"}});
    html.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "Ladder diagram"}});
    html.open("svg", {{"class", "ladder"},
                      {"viewBox", fmt::format("0 0 {} {}", kWidth, height)},
                      {"role", "img"},
                      {"aria-label",
                       "Messages between client and server in order of time; the list below has them in words"}});
    lifelines(html, c, height);
    int y = kTop;
    for (const Rung& r : rungs) rung(html, c, r, y += kRow);
    html.close().close();
    as_list(html, c, rungs);
    html.close();
}

}  // namespace rdpdx::report
