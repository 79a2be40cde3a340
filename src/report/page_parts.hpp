// Inside of report: the files of src/report/html/, put into the program when it was built.
#pragma once

#include <span>
#include <string_view>

namespace rdpdx::report {

struct Shipped {
    std::string_view name, text;
    std::string_view sha256;  // of the text, lower-case hex
};
std::span<const Shipped> page_parts();

}  // namespace rdpdx::report
