#include "src/report/sarif_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "src/report/markdown_writer.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::report {
namespace {

// 3.11.5: a brace by itself would begin a placeholder.
std::string braces_doubled(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c;
        if (c == '{' || c == '}') out += c;
    }
    return out;
}

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"-._~/"}.find(c) != std::string_view::npos;
}

}  // namespace

std::string sarif_text(std::string_view text) {
    std::string out = braces_doubled(shown(text));
    // 3.11.6: "[text](target)" is a link in plain text too.
    if (out.find("](") == std::string::npos) return out;
    std::string apart;
    for (const char c : out) {
        if (c == '[' || c == ']') apart += '\\';
        apart += c;
    }
    return apart;
}

std::string remedy_text(const std::vector<model::Step>& remedy) {
    std::string out;
    std::size_t n = 0;
    for (const auto& step : remedy) {
        out += fmt::format("{}{}. {}", n == 0 ? "" : "\n", n + 1, sarif_text(step.text));
        if (!step.command.empty()) out += "\n   > " + sarif_text(step.command);
        if (!step.caution.empty()) out += "\n   caution: " + sarif_text(step.caution);
        ++n;
    }
    return out;
}

std::string remedy_markdown(const std::vector<model::Step>& remedy) {
    MarkdownPage page;
    std::size_t n = 0;
    for (const auto& step : remedy) {
        const std::string caution = step.caution.empty() ? "" : " *Caution: " + markdown_text(step.caution) + "*";
        page.numbered(++n, markdown_text(step.text) + caution);
        if (!step.command.empty()) page.block(step.command, 3);
    }
    return braces_doubled(page.take());
}

std::string relative_uri(std::string_view path) {
    std::string out;
    for (const char c : path) {
        if (unreserved(c))
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    // Two slashes at the beginning would be a host, one the root of a file system.
    return out.starts_with('/') ? "." + out : out;
}

}  // namespace rdpdx::report
