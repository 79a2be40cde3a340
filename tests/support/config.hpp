// Texts of Windows' tools, read as the program reads them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parsers/config/config.hpp"

namespace rdpdx::test {

using config::Form;
using config::Item;

inline bytes::View view(const std::string& text) { return std::as_bytes(std::span{text}); }

inline std::string utf16(std::string_view text, bool mark = true) {
    std::string out = mark ? "\xFF\xFE" : "";
    for (const char c : text) {
        out += c;
        out += '\0';
    }
    return out;
}

inline std::vector<Item> items(const std::string& text, Form* form = nullptr) {
    bytes::MemorySource source{view(text)};
    std::vector<Item> out;
    const Form found = config::read(source, [&](Item&& item) { out.push_back(std::move(item)); });
    if (form) *form = found;
    return out;
}

template <class T>
std::vector<T> all(const std::string& text) {
    std::vector<T> out;
    for (Item& item : items(text))
        if (auto* one = std::get_if<T>(&item)) out.push_back(std::move(*one));
    return out;
}

}  // namespace rdpdx::test
