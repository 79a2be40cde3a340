// Whatever is typed after `rdpdx explain`, an answer comes, and every suggestion in it leads somewhere.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "src/codes/explain.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::string> queries{std::string{data, data + size}};
    const auto all = rdpdx::codes::explain(queries);
    for (const auto& explanation : all) {
        if (explanation.matches.empty() && explanation.notes.empty()) std::abort();
        for (const auto& suggestion : explanation.did_you_mean)
            if (rdpdx::codes::explain(std::vector<std::string>{suggestion}).empty()) std::abort();
    }
    if (rdpdx::codes::render_text(all, static_cast<int>(size)).empty() != all.empty()) std::abort();
    return 0;
}
