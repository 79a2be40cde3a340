// Inside of report: lines of text for a terminal, wrapped, with colour only where it is wanted.
#pragma once

#include <string>
#include <string_view>

#include "src/report/render.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::report {

enum class Tone { plain, strong, good, bad, warn, dim };

class Page {
public:
    explicit Page(const TextStyle& style) : style_{style} {}

    // Text is made safe here; nothing else goes into a page.
    void line(std::string_view text = {}, Tone tone = Tone::plain) { put("", text, tone); }
    // The first line begins with `lead`, the others are indented as wide as it is.
    void item(std::string_view lead, std::string_view text, Tone tone = Tone::plain) { put(lead, text, tone); }
    // A command is not broken, so that it can be copied; it may be wider than the page.
    void command(std::string_view lead, std::string_view text);
    // A line whose blanks matter; it is not broken.
    void drawing(std::string_view text, Tone tone);
    void heading(std::string_view text) {
        line();
        line(text, Tone::strong);
    }
    std::string take() { return std::move(out_); }
    std::size_t width() const noexcept { return style_.width; }

private:
    void put(std::string_view lead, std::string_view text, Tone tone);
    TextStyle style_;
    std::string out_;
};

}  // namespace rdpdx::report
