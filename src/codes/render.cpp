#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/codes/explain.hpp"
#include "src/codes/text.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::size_t kNarrowest = 40;

class Page {
public:
    explicit Page(std::size_t width) : width_{width} {}

    void blank() { out_ += '\n'; }
    // `label` stands once, the text is wrapped beside it.
    void item(std::string_view label, std::string_view text) {
        const std::string indent(label.size(), ' ');
        const auto lines = text::wrapped(text, width_ > label.size() ? width_ - label.size() : 1);
        for (std::size_t i = 0; i < lines.size(); ++i)
            out_ += fmt::format("{}{}\n", i == 0 ? label : std::string_view{indent}, lines[i]);
    }
    std::string take() && { return std::move(out_); }

private:
    std::size_t width_;
    std::string out_;
};

// How sure the row is stands beside the name only where it is less than documented; the source line has it always.
std::string headline(const Match& match) {
    const Code& code = match.code;
    const std::string_view name = code.name.empty() ? "no public name" : code.name;
    const std::string doubt = code.status == kDocumented ? std::string{} : fmt::format(" [{}]", code.status);
    return fmt::format("{} 0x{:X} ({}): {}{}", title_of(match.family), code.value, code.value, name, doubt);
}

void render(const Match& match, Page& page) {
    page.item("  ", headline(match));
    page.item("      ", match.code.meaning);
    if (!match.code.stage.empty()) page.item("      stage:  ", match.code.stage);
    if (!match.code.hint.empty()) page.item("      look:   ", match.code.hint);
    page.item("      source: ", fmt::format("{} ({})", match.code.source, match.code.status));
}

}  // namespace

std::string render_text(const std::vector<Explanation>& explanations, int width) {
    Page page{std::max(kNarrowest, width > 0 ? static_cast<std::size_t>(width) : 0)};
    for (const Explanation& explanation : explanations) {
        if (&explanation != &explanations.front()) page.blank();
        page.item("", explanation.query.empty() ? "(empty)" : explanation.query);
        for (const Match& match : explanation.matches) render(match, page);
        for (const std::string& note : explanation.notes) page.item("  - ", note);
        if (!explanation.did_you_mean.empty())
            page.item("  did you mean: ", fmt::format("{}", fmt::join(explanation.did_you_mean, ", ")));
    }
    return std::move(page).take();
}

}  // namespace rdpdx::codes
