#include "src/app/batch/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "parsers/bytes/text.hpp"
#include "src/app/archives.hpp"
#include "src/app/digest.hpp"
#include "src/app/files.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLongestFile = 80, kDigits = 10;

// Letters, digits and a few signs; what had others, or is long, gets digits of its digest, so that two names never
// meet.
std::string file_of(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, kLongestFile)) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
        out += plain ? c : '_';
    }
    if (out.empty() || out.front() == '.' || out.front() == '-') out.insert(0, "_");
    // Capital letters count as others: not every file system tells them apart.
    return out == name ? out : out + "-" + Digest{}.add(name).hex().substr(0, kDigits);
}

// A loose file belongs to others whose names are the same up to the first dot.
std::string loose_name(const std::string& file) {
    const auto dot = file.find('.', 1);
    return file.substr(0, dot);
}

struct Entries {
    std::vector<std::pair<std::string, fs::path>> whole;  // folders and archives
    std::vector<std::pair<std::string, fs::path>> loose;
};

Entries entries_of(const fs::path& path, const fs::path& out, std::vector<std::string>& skipped) {
    Entries found;
    std::error_code error;
    for (fs::directory_iterator at{path, error}; !error && at != fs::directory_iterator{}; at.increment(error)) {
        std::error_code ignored;
        const std::string name = bytes::valid_utf8(at->path().filename().generic_string());
        if (fs::is_directory(at->symlink_status(ignored))) {
            if (!fs::equivalent(at->path(), out, ignored)) found.whole.emplace_back(name, at->path());
        } else if (fs::is_regular_file(at->status(ignored))) {
            (is_archive(at->path()) ? found.whole : found.loose).emplace_back(name, at->path());
        } else {
            skipped.push_back(name + ": a link that is not followed, or neither a file nor a folder");
        }
    }
    if (error) throw FileError{reason(error.value())};
    std::ranges::sort(found.whole);
    return found;
}

}  // namespace

BatchCases find_cases(const fs::path& path, const fs::path& out) {
    BatchCases result;
    const auto whole_name = [&] {
        const fs::path clean = fs::absolute(path).lexically_normal();
        const fs::path name = clean.filename().empty() ? clean.parent_path().filename() : clean.filename();
        return bytes::valid_utf8(name.generic_string());
    };
    std::error_code error;
    Entries found;
    if (fs::is_directory(path, error))
        found = entries_of(path, out, result.skipped);
    else if (!fs::exists(path, error))
        throw FileError{"no such file or directory"};
    std::multimap<std::string, std::vector<std::string>> named;
    if (found.whole.empty()) {
        if (!found.loose.empty() || !fs::is_directory(path, error))
            named.emplace(whole_name(), std::vector{path.string()});
    } else {
        for (const auto& [name, entry] : found.whole) named.emplace(name, std::vector{entry.string()});
        std::map<std::string, std::vector<std::string>> loose;
        for (const auto& [name, entry] : found.loose) loose[loose_name(name)].push_back(entry.string());
        for (auto& [name, files] : loose) {
            std::ranges::sort(files);
            named.emplace(name, std::move(files));
        }
    }
    std::set<std::string> taken;
    for (auto& [name, paths] : named) {
        std::string unique = name;
        for (int n = 2; !taken.insert(unique).second; ++n) unique = fmt::format("{} ({})", name, n);
        result.cases.push_back({unique, file_of(unique), std::move(paths)});
    }
    std::ranges::sort(result.cases, {}, &BatchCase::name);
    std::set<std::string> files;
    for (BatchCase& one : result.cases)
        while (!files.insert(one.file).second) one.file += "_";
    return result;
}

std::string fingerprint_of(const BatchCase& one) {
    Digest digest;
    const Found found = find_files(one.paths);
    for (const FoundFile& file : found.files) {
        std::error_code error;
        digest.add(file.shown).add(std::to_string(fs::file_size(file.path, error)));
        digest.add(std::to_string(fs::last_write_time(file.path, error).time_since_epoch().count()));
    }
    for (const NotFound& missing : found.not_found) digest.add(missing.name).add(missing.why);
    return digest.hex();
}

}  // namespace rdpdx::app
