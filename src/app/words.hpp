// Lists of words in one string, separated by blanks, as the option table has them.
#pragma once

#include <algorithm>
#include <string_view>

namespace rdpdx::app {

constexpr bool has_word(std::string_view list, std::string_view word) noexcept {
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

}  // namespace rdpdx::app
