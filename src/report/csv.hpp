// Cells of comma-separated values, as RFC 4180 has them and spreadsheets read them without harm.
#pragma once

#include <algorithm>
#include <string_view>

namespace rdpdx::report {

// `add` takes pieces of text. Spreadsheets take a cell that begins with one of = + - @, or with what steers them, for a
// formula; such cells begin with an apostrophe instead.
template <class Add>
void add_csv_cell(Add&& add, std::string_view text) {
    const bool risky = !text.empty() && (static_cast<unsigned char>(text.front()) < 0x20 ||
                                         std::string_view{"=+-@\x7F"}.find(text.front()) != std::string_view::npos);
    const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
    if (quoted) add("\"");
    if (risky) add("'");
    for (std::size_t at = 0; at < text.size();) {
        const auto quote = std::min(text.find('"', at), text.size());
        add(text.substr(at, quote - at));
        if (quote < text.size()) add("\"\"");
        at = quote + 1;
    }
    if (quoted) add("\"");
}

}  // namespace rdpdx::report
