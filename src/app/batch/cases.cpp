#include "src/app/batch/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "parsers/bytes/text.hpp"
#include "src/app/archives.hpp"
#include "src/app/batch/sides.hpp"
#include "src/app/digest.hpp"
#include "src/app/files.hpp"
#include "src/model/text.hpp"

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

// What an earlier batch left is no case.
bool is_results(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / "cases.sqlite", error) && fs::is_directory(folder / "reports", error);
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
            if (!is_results(at->path()) && !fs::equivalent(at->path(), out, ignored))
                found.whole.emplace_back(name, at->path());
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

// What a collecting tool leaves in its one folder; a case, however many folders are in it.
struct Layout {
    std::string_view folder, file;  // ends of names; one of a single letter is the whole name
    const char* why;
};
constexpr std::array kLayouts{
    Layout{"_EventLogs", "_MSRD-Collect-Log.txt", "a folder of MSRD-Collect"},
    Layout{"C", "_ConsoleLog.txt", "a folder of KAPE"},
    Layout{"C", "_CopyLog.csv", "a folder of KAPE"},
    Layout{"uploads", "client_info.json", "a collection of Velociraptor"},
    Layout{"uploads", "collection_context.json", "a collection of Velociraptor"},
};

const char* layout_of(const Entries& found) {
    const auto any = [](const auto& entries, std::string_view end) {
        return std::ranges::any_of(entries, [&](const auto& entry) {
            const std::string_view name = entry.first;
            return name.size() >= end.size() && model::same_text(name.substr(name.size() - end.size()), end) &&
                   (end.size() > 1 || name.size() == 1);
        });
    };
    for (const Layout& layout : kLayouts)
        if (any(found.whole, layout.folder) && any(found.loose, layout.file)) return layout.why;
    return nullptr;
}

using Named = std::vector<BatchCase>;

// Nothing but one folder or archive of the client's and one of the server's.
bool is_one_ticket(const Entries& found) {
    if (found.whole.size() != 2) return false;
    const Side one = side_of(found.whole[0].first), other = side_of(found.whole[1].first);
    return one.ticket.empty() && other.ticket.empty() && one.role != other.role && one.role != Side::Role::none &&
           other.role != Side::Role::none;
}

// Folders and archives, each a case; but a client's and a server's of one ticket are one.
void add_whole(const Entries& found, Named& named) {
    std::map<std::string, std::vector<std::size_t>> tickets;
    for (std::size_t i = 0; i < found.whole.size(); ++i) {
        const Side side = side_of(found.whole[i].first);
        if (side.role != Side::Role::none && side.has_number) tickets[side.ticket].push_back(i);
    }
    std::set<std::size_t> paired;
    for (const auto& [ticket, members] : tickets) {
        if (members.size() != 2) continue;
        const auto& [one, first] = found.whole[members[0]];
        const auto& [other, second] = found.whole[members[1]];
        if (side_of(one).role == side_of(other).role) continue;
        paired.insert(members.begin(), members.end());
        named.push_back({ticket, {}, {first.string(), second.string()}, "client and server of " + ticket});
    }
    for (std::size_t i = 0; i < found.whole.size(); ++i) {
        const auto& [name, entry] = found.whole[i];
        std::error_code error;
        const char* why = fs::is_directory(entry, error) ? "a folder" : "an archive";
        if (paired.count(i) == 0) named.push_back({name, {}, {entry.string()}, why});
    }
}

void add_loose(const Entries& found, Named& named) {
    std::map<std::string, std::vector<std::string>> loose;
    for (const auto& [name, entry] : found.loose) loose[loose_name(name)].push_back(entry.string());
    for (auto& [name, files] : loose) {
        std::ranges::sort(files);
        const std::string why = files.size() == 1 ? "a file" : "files of one name";
        named.push_back({name, {}, std::move(files), why});
    }
}

}  // namespace

void name_files(std::vector<BatchCase>& cases) {
    std::ranges::sort(cases, {}, &BatchCase::name);
    std::set<std::string> taken;
    for (BatchCase& one : cases) {
        one.file = file_of(one.name);
        while (!taken.insert(one.file).second) one.file += "_";
    }
}

BatchCases find_cases(const fs::path& given, const fs::path& out) {
    fs::path path = fs::absolute(given).lexically_normal();
    if (path.filename().empty()) path = path.parent_path();
    BatchCases result;
    std::error_code error;
    const bool folder = fs::is_directory(path, error);
    if (!folder && !fs::exists(path, error)) throw FileError{"no such file or directory"};
    const Entries found = folder ? entries_of(path, out, result.skipped) : Entries{};
    const std::string whole_name = bytes::valid_utf8(path.filename().generic_string());
    result.below = folder ? path : path.parent_path();
    Named named;
    if (!folder || (found.whole.empty() && !found.loose.empty()))
        named.push_back({whole_name, {}, {path.string()}, folder ? "a folder of files" : "a file"});
    else if (const char* why = layout_of(found))
        named.push_back({whole_name, {}, {path.string()}, why});
    else if (is_one_ticket(found))
        named.push_back(
            {whole_name, {}, {path.string()}, "the client's and the server's, with nothing else beside them"});
    else {
        add_whole(found, named);
        add_loose(found, named);
    }
    std::set<std::string> taken;
    for (BatchCase& one : named) {
        const std::string name = one.name;
        for (int n = 2; !taken.insert(one.name).second; ++n) one.name = fmt::format("{} ({})", name, n);
    }
    result.cases = std::move(named);
    name_files(result.cases);
    return result;
}

void hide_names(std::vector<BatchCase>& cases, const redact::Key& key) {
    redact::Pseudonyms names{key};
    std::set<std::string> taken;
    for (BatchCase& one : cases) {
        one.name = names.word("case", one.name);
        while (!taken.insert(one.name).second) one.name += "x";
        one.why.clear();
    }
    name_files(cases);
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
