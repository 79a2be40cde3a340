#include "src/report/html_writer.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "src/report/text_safety.hpp"

namespace rdpdx::report {
namespace {

// Each of these begins a line, so that a report can be read and compared line by line.
constexpr std::array<std::string_view, 33> kBlocks{
    "article", "button",  "caption", "dd",  "details", "div",     "dl",    "dt",    "footer", "fieldset", "g",
    "h1",      "h2",      "h3",      "h4",  "header",  "label",   "li",    "main",  "nav",    "ol",       "p",
    "pre",     "section", "select",  "svg", "table",   "summary", "tbody", "thead", "tr",     "option",   "ul"};

bool begins_line(std::string_view element) { return std::ranges::find(kBlocks, element) != kBlocks.end(); }

}  // namespace

std::string html_text(std::string_view text) {
    const std::string safe = shown(text);
    std::string out;
    out.reserve(safe.size());
    for (const char c : safe) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

void Html::tag(std::string_view element, std::initializer_list<Attribute> attributes) {
    if (begins_line(element) && !out_.empty() && out_.back() != '\n') out_ += '\n';
    out_ += '<';
    out_ += element;
    for (const Attribute& a : attributes) {
        out_ += ' ';
        out_ += a.name;
        if (!a.value.data()) continue;
        out_ += "=\"";
        out_ += html_text(a.value);
        out_ += '"';
    }
    out_ += '>';
}

Html& Html::open(std::string_view element, std::initializer_list<Attribute> attributes) {
    tag(element, attributes);
    open_.push_back(element);
    return *this;
}

Html& Html::close() {
    assert(!open_.empty());
    out_ += "</";
    out_ += open_.back();
    out_ += '>';
    if (begins_line(open_.back())) out_ += '\n';
    open_.pop_back();
    return *this;
}

Html& Html::single(std::string_view element, std::initializer_list<Attribute> attributes) {
    tag(element, attributes);
    return *this;
}

Html& Html::shape(std::string_view element, std::initializer_list<Attribute> attributes) {
    tag(element, attributes);
    out_.back() = '/';
    out_ += ">\n";
    return *this;
}

Html& Html::text(std::string_view text) {
    out_ += html_text(text);
    return *this;
}

Html& Html::leaf(std::string_view element, std::string_view text, std::initializer_list<Attribute> attributes) {
    return open(element, attributes).text(text).close();
}

Html& Html::add(const std::string& markup) {
    out_ += markup;
    return *this;
}

std::string Html::take() {
    assert(open_.empty());
    return std::move(out_);
}

}  // namespace rdpdx::report
