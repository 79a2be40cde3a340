#include "src/app/batch/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "src/app/digest.hpp"
#include "src/app/files.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kHead = "# rdpdx.plan/1\n";
constexpr std::string_view kBelow = "below\t";
constexpr std::size_t kLargest = std::size_t{2} << 30;

// A tab or a line's end within a name must not end the cell, and a name is no comment.
std::string cell(std::string_view text) {
    std::string out;
    if (text.starts_with('"') || text.starts_with('#')) out += '\\';
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\t')
            out += "\\t";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else
            out += c;
    }
    return out;
}

std::string text_of_cell(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        out += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    return out;
}

// Cells of a line; spreadsheets put quotes around some.
std::vector<std::string> cells(std::string_view line) {
    std::vector<std::string> out;
    while (true) {
        const auto end = std::min(line.find('\t'), line.size());
        std::string_view one = line.substr(0, end);
        if (one.size() > 1 && one.front() == '"' && one.back() == '"') one = one.substr(1, one.size() - 2);
        out.push_back(text_of_cell(one));
        if (end == line.size()) return out;
        line.remove_prefix(end + 1);
    }
}

}  // namespace

std::string render_plan(const BatchCases& found) {
    std::string out{kHead};
    out +=
        "# A line is a path and the case that it belongs to; paths of one case are analysed together. To correct it, "
        "write\n"
        "# another case's name, or take a line out. Paths lie below the folder of the next line. Then:\n"
        "# rdpdx batch run THIS_FILE --out DIR\n";
    out += fmt::format("{}{}\ncase\tpath\twhy\n", kBelow, cell(found.below.string()));
    for (const BatchCase& one : found.cases)
        for (const std::string& path : one.paths) {
            const fs::path relative = fs::path{path}.lexically_relative(found.below);
            out += fmt::format("{}\t{}\t{}\n", cell(one.name), cell(relative.string()), cell(one.why));
        }
    return out;
}

bool is_plan(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return false;
    try {
        return read_text(file, kHead.size()).starts_with(kHead.substr(0, kHead.size() - 1));
    } catch (const FileError&) {
        return false;
    }
}

BatchCases read_plan(const fs::path& file) {
    std::error_code error;
    const std::string text = read_text(file, std::min<std::uintmax_t>(fs::file_size(file, error), kLargest));
    BatchCases out;
    std::map<std::string, std::vector<std::string>> named;
    bool head = false;
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        const auto columns = cells(line);
        if (out.below.empty() && line.starts_with(kBelow)) {  // a case may have that name, and comes behind
            out.below = file.parent_path() / columns[1];
        } else if (!head && columns[0] == "case") {
            head = true;
        } else if (columns.size() < 2 || columns[0].empty() || columns[1].empty() || out.below.empty()) {
            throw FileError{fmt::format("line {}: a case and a path are wanted, with a tab between them{}", number,
                                        out.below.empty() ? ", after the line 'below'" : "")};
        } else {
            named[columns[0]].push_back((out.below / columns[1]).string());
        }
    }
    for (auto& [name, paths] : named) {
        std::ranges::sort(paths);
        paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
        out.cases.push_back({name, {}, std::move(paths), {}});
    }
    name_files(out.cases);
    return out;
}

std::string digest_of_plan(const std::vector<BatchCase>& cases) {
    Digest digest;
    for (const BatchCase& one : cases) digest.add(one.name).add(std::to_string(one.paths.size()));
    return digest.hex();
}

}  // namespace rdpdx::app
