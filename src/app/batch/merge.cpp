// `rdpdx batch merge`: results of shards, or of batches, in one folder; the same whoever comes first.
#include <fmt/format.h>

#include "src/app/batch/commands.hpp"
#include "src/app/batch/lock.hpp"
#include "src/app/batch/run.hpp"
#include "src/app/batch/shards.hpp"
#include "src/app/batch/store.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

// In its place at once, by a second name where the file system has that.
void link_file(const fs::path& from, const fs::path& to) {
    const fs::path part = fs::path{to} += ".part";
    std::error_code error;
    fs::remove(part, error);
    fs::create_hard_link(from, part, error);
    if (error) {
        error.clear();
        fs::copy_file(from, part, error);
    }
    if (!error) fs::rename(part, to, error);
    if (!error) return;
    std::error_code ignored;
    fs::remove(part, ignored);
    throw FileError{fmt::format("{} cannot be brought to {}: {}", from.string(), to.string(), reason(error.value()))};
}

// A run that did not end has not all of what its plan says: of that nothing counts, so that it is missing.
void add_plans(const StoreIdentity& from, StoreIdentity& to) {
    for (const auto& [plan, shards] : from.plans) {
        std::string& have = to.plans[plan];
        if (from.settled) have = join_shards(shards, have);
    }
}

// Nothing, or why they cannot be merged.
std::string gather(const std::vector<std::string>& folders, const fs::path& out, StoreIdentity& all) {
    std::error_code error;
    std::vector<fs::path> stores;
    for (const std::string& folder : folders) stores.push_back(fs::path{folder} / "cases.sqlite");
    if (fs::exists(out / "cases.sqlite", error)) stores.push_back(out / "cases.sqlite");
    for (const fs::path& store : stores) {
        if (!fs::exists(store, error)) return fmt::format("{}: there is no store", store.string());
        const StoreIdentity one = identity_in(store);
        if (!all.made_with.empty() && one.made_with != all.made_with)
            return fmt::format("{} was made with another program, other rules or other options than {}",
                               store.parent_path().string(), folders.front());
        all.made_with = one.made_with;
        all.rules = one.rules;
        if (!one.settled) complain(fmt::format("{}: its run has not ended", store.parent_path().string()));
        add_plans(one, all);
    }
    return {};
}

// A store may come from elsewhere, and must not lead out of its folder or of this one.
void check_report(const fs::path& folder, const fs::path& report) {
    if (report.parent_path() == "reports" && report.filename() != "..") return;
    throw FileError{fmt::format("{}: its store names '{}' as a report", folder.string(), report.string())};
}

// False where shards are missing, which is said.
bool tell_missing(const Options& options, const StoreIdentity& all) {
    bool whole = true;
    for (const auto& [plan, have] : all.plans) {
        if (have == kWhole) continue;
        whole = false;
        const auto missing = missing_shards(have);
        constexpr std::size_t kShown = 20;
        std::string list;
        for (std::size_t i = 0; i < std::min(kShown, missing.size()); ++i)
            list += fmt::format("{}{}/{}", i > 0 ? ", " : "", missing[i].k, missing[i].n);
        if (missing.size() > kShown) list += fmt::format(" and {} more", missing.size() - kShown);
        if (!options.quiet)
            complain(fmt::format("not all of the plan is there{}{}",
                                 list.empty() ? "" : "; shards that are missing: ", list));
    }
    return whole;
}

}  // namespace

int batch_merge(const Options& options) {
    const std::vector<std::string> folders{options.arguments.begin() + 1, options.arguments.end()};
    const fs::path out = options.out;
    if (folders.empty() || options.out.empty()) {
        complain("'batch merge' takes folders of results and --out DIR");
        return kUsage;
    }
    StoreIdentity all;
    if (const auto wrong = gather(folders, out, all); !wrong.empty()) {
        complain(wrong);
        return kUsage;
    }
    if (const auto wrong = foreign_reports(out); !wrong.empty()) {
        complain(wrong);
        return kUsage;
    }
    std::error_code error;
    fs::create_directories(out / "reports", error);
    if (error) {
        complain(fmt::format("cannot write {}: {}", options.out, reason(error.value())));
        return kNoOutput;
    }
    const FolderLock lock{out};
    BatchStore store{out / "cases.sqlite", all};
    for (const std::string& folder : folders) {
        if (fs::equivalent(folder, out, error)) continue;
        store.merge(fs::path{folder} / "cases.sqlite", [&](const std::string& report) {
            check_report(folder, report);
            for (const char* end : {".json", ".html"})
                link_file(fs::path{folder} / (report + end), out / (report + end));
        });
    }
    const int code = finish_results(out, store);
    if (tell_missing(options, all)) return code;
    return code == kDone ? int{kSomeInputBad} : code;
}

}  // namespace rdpdx::app
