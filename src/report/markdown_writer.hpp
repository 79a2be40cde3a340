// Inside of report: Markdown as GitHub, GitLab and ticket systems read it. Text is data: it makes no link, no image, no
// mention and no markup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::report {

// Text inside a line or a table cell.
std::string markdown_text(std::string_view text);
// Text in a code span, with as many backticks around it as it takes.
std::string markdown_code(std::string_view text);

class MarkdownPage {
public:
    void heading(int level, std::string_view text);
    // Parts are put together as they are: use markdown_text, markdown_code and literals.
    void paragraph(std::string_view markdown);
    void bullet(std::string_view markdown) { line("- ", markdown); }
    void numbered(std::size_t n, std::string_view markdown) { line(std::to_string(n) + ". ", markdown); }
    // A block of its own, below a list's item where `indent` is as wide as the item's mark.
    void block(std::string_view text, std::size_t indent = 0);
    void table_head(const std::vector<std::string_view>& titles);
    void table_row(const std::vector<std::string>& cells);
    std::string take() { return std::move(out_); }

private:
    enum class Last { nothing, list, table, other };
    void line(std::string_view mark, std::string_view markdown);
    void gap(Last next);
    std::string out_;
    Last last_{Last::nothing};
};

}  // namespace rdpdx::report
