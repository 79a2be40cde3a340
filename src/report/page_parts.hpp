// Inside of report: the files of src/report/html/, put into the program when it was built.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rdpdx::report {

struct Shipped {
    std::string_view name, text;
    std::string_view sha256;  // of the text, lower-case hex
};
std::span<const Shipped> page_parts();
const Shipped& page_part(std::string_view name);  // one that is there

// 'sha256-...', as a Content-Security-Policy names what may run.
std::string policy_source(const Shipped& shipped);

// Each {{name}} of the page once, from left to right: what is put in is not looked at again.
std::string fill_page(std::string_view page, const std::vector<std::pair<std::string_view, std::string_view>>& parts);

}  // namespace rdpdx::report
