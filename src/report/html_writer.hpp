// Inside of report: HTML and SVG, written as it comes. Text and the values of attributes are escaped here; names of
// elements, of attributes and of classes are literals of ours.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::report {

// With `<`, `>`, `&` and quotes escaped, and what steers a terminal or the direction of text shown as \x1b or \u202e.
std::string html_text(std::string_view text);

struct Attribute {
    std::string_view name;
    std::string_view value;  // without data: the name alone
};

class Html {
public:
    Html& open(std::string_view element, std::initializer_list<Attribute> attributes = {});
    Html& close();  // the innermost
    // An element of SVG that holds nothing, or one of HTML that is never closed, such as <input>.
    Html& shape(std::string_view element, std::initializer_list<Attribute> attributes);
    Html& single(std::string_view element, std::initializer_list<Attribute> attributes);
    Html& text(std::string_view text);
    // An element with nothing but text in it.
    Html& leaf(std::string_view element, std::string_view text, std::initializer_list<Attribute> attributes = {});
    // Markup of another writer.
    Html& add(const std::string& markup);
    std::string take();  // everything must be closed

private:
    void tag(std::string_view element, std::initializer_list<Attribute> attributes);
    std::string out_;
    std::vector<std::string_view> open_;
};

}  // namespace rdpdx::report
