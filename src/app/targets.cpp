#include "src/app/targets.hpp"

#include <array>

#include "src/app/words.hpp"

namespace rdpdx::app {
namespace {

struct Ending {
    std::string_view ending, format;
};
// The longer one of two that fit stands first.
constexpr std::array kEndings{
    Ending{".timesketch.jsonl", "timesketch"},
    Ending{".long.md", "markdown-long"},
    Ending{".sarif.json", "sarif"},
    Ending{".sarif", "sarif"},
    Ending{".html", "html"},
    Ending{".htm", "html"},
    Ending{".md", "markdown"},
    Ending{".json", "json"},
    Ending{".jsonl", "jsonl"},
    Ending{".csv", "csv"},
    Ending{".xml", "xml"},
    Ending{".txt", "text"},
};

std::string_view format_of(std::string_view formats, std::string_view file) {
    for (const Ending& e : kEndings)
        if (file.ends_with(e.ending) && has_word(formats, e.format)) return e.format;
    return formats.substr(0, formats.find(' '));
}

}  // namespace

std::vector<Target> targets_of(std::string_view formats, const std::string& asked,
                               const std::vector<std::string>& files) {
    std::vector<Target> out;
    for (const std::string& file : files)
        out.push_back({file, asked.empty() ? std::string{format_of(formats, file)} : asked});
    if (files.empty()) out.push_back({"", asked.empty() ? std::string{format_of(formats, "")} : asked});
    return out;
}

}  // namespace rdpdx::app
