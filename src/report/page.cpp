#include "src/report/page.hpp"

#include <algorithm>

namespace rdpdx::report {
namespace {

std::string_view sequence(Tone tone) {
    switch (tone) {
        case Tone::strong:
            return "\x1b[1m";
        case Tone::good:
            return "\x1b[32m";
        case Tone::bad:
            return "\x1b[1;31m";
        case Tone::warn:
            return "\x1b[33m";
        case Tone::dim:
            return "\x1b[2m";
        case Tone::plain:
            break;
    }
    return {};
}

}  // namespace

void Page::command(std::string_view lead, std::string_view text) {
    out_ += lead;
    out_ += "> ";
    if (style_.colour) out_ += sequence(Tone::strong);
    out_ += terminal_safe(text);
    if (style_.colour) out_ += "\x1b[0m";
    out_ += '\n';
}

void Page::drawing(std::string_view text, Tone tone) {
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    const bool colour = style_.colour && !sequence(tone).empty();
    if (colour) out_ += sequence(tone);
    out_ += text;
    if (colour) out_ += "\x1b[0m";
    out_ += '\n';
}

void Page::put(std::string_view lead, std::string_view text, Tone tone) {
    constexpr std::size_t kNarrowest = 20;
    const std::string first = terminal_safe(lead);
    const std::size_t indent = display_width(first);
    const std::size_t room = std::max(style_.width > indent ? style_.width - indent : 0, kNarrowest);
    const bool colour = style_.colour && !sequence(tone).empty();
    std::string_view before = first;
    const std::string indented(indent, ' ');
    for (const std::string& part : wrap(terminal_safe(text), room)) {
        out_ += before;
        before = indented;
        if (colour && !part.empty()) out_ += sequence(tone);
        out_ += part;
        if (colour && !part.empty()) out_ += "\x1b[0m";
        while (!out_.empty() && out_.back() == ' ') out_.pop_back();
        out_ += '\n';
    }
}

}  // namespace rdpdx::report
