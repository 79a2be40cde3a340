#include "src/report/markdown_writer.hpp"

#include <algorithm>

#include "src/report/text_safety.hpp"

namespace rdpdx::report {
namespace {

std::size_t longest_run(std::string_view text, char wanted) {
    std::size_t longest = 0, run = 0;
    for (const char c : text) {
        run = c == wanted ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

}  // namespace

std::string markdown_text(std::string_view text) {
    constexpr std::string_view kMarkup = "\\`*_[]<>|~#$";
    constexpr std::string_view kApart = "\xE2\x80\x8B";  // a space of no width: what it stands in is no name or address
    const std::string safe = shown(text);
    std::string out;
    for (std::size_t i = 0; i < safe.size(); ++i) {
        const std::string_view rest = std::string_view{safe}.substr(i);
        const char c = safe[i];
        if (c == '&') {
            out += "&amp;";
        } else if (kMarkup.find(c) != std::string_view::npos) {
            out += {'\\', c};
        } else {
            if (c == '@') out += kApart;
            out += c;
            // Addresses become links, and names after an @ are told about it, unless something stands in between.
            const bool www = (c == 'w' || c == 'W') && rest.size() > 1 && rest[1] == '.';
            if (c == '@' || www || rest.starts_with("://")) out += kApart;
        }
    }
    return out;
}

std::string markdown_code(std::string_view text) {
    const std::string safe = shown(text);
    const std::string fence(longest_run(safe, '`') + 1, '`');
    const bool pad = safe.empty() || safe.front() == '`' || safe.back() == '`';
    const char* blank = pad ? " " : "";
    return fence + blank + safe + blank + fence;
}

void MarkdownPage::gap(Last next) {
    if (last_ != Last::nothing && (last_ != next || next == Last::other)) out_ += '\n';
    last_ = next;
}

void MarkdownPage::heading(int level, std::string_view text) {
    gap(Last::other);
    out_ += std::string(static_cast<std::size_t>(level), '#') + " " + markdown_text(text) + "\n";
}

void MarkdownPage::paragraph(std::string_view markdown) {
    gap(Last::other);
    out_ += markdown;
    out_ += '\n';
}

void MarkdownPage::line(std::string_view mark, std::string_view markdown) {
    gap(Last::list);
    out_ += mark;
    out_ += markdown;
    out_ += '\n';
}

void MarkdownPage::block(std::string_view text, std::size_t indent) {
    if (indent == 0) gap(Last::other);
    const std::string safe = shown(text);
    const std::string fence(std::max<std::size_t>(3, longest_run(safe, '`') + 1), '`');
    const std::string before(indent, ' ');
    for (const std::string& part : {fence, safe, fence}) out_ += before + part + "\n";
}

void MarkdownPage::table_head(const std::vector<std::string_view>& titles) {
    gap(Last::table);
    std::string rule = "|";
    out_ += '|';
    for (const auto title : titles) {
        out_ += ' ';
        out_ += title;
        out_ += " |";
        rule += " --- |";
    }
    out_ += '\n' + rule + '\n';
}

void MarkdownPage::table_row(const std::vector<std::string>& cells) {
    out_ += '|';
    for (const auto& cell : cells) out_ += " " + cell + " |";
    out_ += '\n';
}

}  // namespace rdpdx::report
