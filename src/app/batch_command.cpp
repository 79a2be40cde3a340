// `rdpdx batch`: every case in a process of its own, its results whole or not at all.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "src/app/batch_cases.hpp"
#include "src/app/batch_store.hpp"
#include "src/app/children.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/digest.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/read_inputs.hpp"
#include "src/app/secrets.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

// What a case is analysed with. Two runs with the same one give the same results.
struct Setting {
    Options options;
    analysis::Knowledge knowledge;
    tls::Secrets secrets;
    fs::path out;
    std::string identity;
    std::string rules;

    BatchStore store() const { return BatchStore{out / "cases.sqlite", identity, rules}; }
    fs::path report(const BatchCase& one, const char* end) const { return out / "reports" / (one.file + end); }
};

std::string identity_of(const Options& options) {
    Digest digest;
    digest.add(RDPDX_VERSION).add(std::to_string(BatchStore::kVersion)).add(options.decrypt);
    for (const Shipped& file : shipped_rules()) digest.add(file.name).add(file.sha256);
    std::vector<std::string> own = options.key_logs;
    own.insert(own.end(), options.rsa_keys.begin(), options.rsa_keys.end());
    if (!options.rules.empty()) own.push_back(options.rules);
    for (const FoundFile& file : own.empty() ? std::vector<FoundFile>{} : find_files(own).files) {
        FileSource source{file};
        source.finish();
        digest.add(file.shown).add(source.sha256());
    }
    return digest.hex();
}

void remove_reports(const Setting& setting, const BatchCase& one) {
    std::error_code error;
    for (const char* end : {".json", ".html", ".json.part", ".html.part"}) fs::remove(setting.report(one, end), error);
}

// In the child. The exit code is what `analyze` of this case alone would give, but for a case without evidence.
int analyze_case(Setting& setting, const BatchCase& one, const std::string& fingerprint) {
    Options options = setting.options;
    options.arguments = one.paths;
    options.jobs = 1;
    options.quiet = true;
    options.targets = {{"", "json"}};
    InputsRead inputs = read_inputs(options, setting.knowledge, setting.secrets);
    CaseResult result{"done", "", fingerprint, {}, true};
    if (inputs.usable == 0) {
        for (auto& reading : inputs.readings) result.report.inputs.push_back(std::move(reading.input));
        result.status = "no-evidence";
        result.reason = "Nothing in it is a packet capture or an event log that can be read.";
        result.has_report = false;
    } else {
        result.report = analysis::analyze(std::move(inputs.readings), setting.knowledge, {}, RDPDX_VERSION);
    }
    try {
        remove_reports(setting, one);
        if (result.has_report)
            write_files({{setting.report(one, ".json"), report::render_json(result.report)},
                         {setting.report(one, ".html"), report::render_html(result.report)}});
        BatchStore store = setting.store();
        store.put(one, result);
    } catch (const FileError& error) {
        complain(fmt::format("{}: its results cannot be written: {}", one.name, error.what()));
        return kNoOutput;
    }
    if (!result.has_report) return kNoInput;
    return inputs.trouble ? kSomeInputBad : kDone;
}

struct Counts {
    std::size_t done{}, amiss{}, without{}, failed{}, left_alone{};
    bool no_output{};
};

// One line that changes on a terminal; elsewhere nothing, since a log is read afterwards.
class BatchProgress {
public:
    BatchProgress(const Options& options, std::size_t all)
        : all_{all}, shown_{!options.quiet && options.progress != When::never && isatty(STDERR_FILENO) == 1} {}
    ~BatchProgress() {
        if (shown_) fmt::print(stderr, "\r{:70}\r", "");
    }
    void show(const Counts& counts) {
        const auto now = Clock::now();
        if (!shown_ || now - last_ < std::chrono::milliseconds{200}) return;
        last_ = now;
        const std::size_t ended = counts.done + counts.without + counts.failed;
        const double seconds = std::chrono::duration<double>(now - began_).count();
        const double rate = static_cast<double>(ended) / std::max(seconds, 0.001);
        const double left = ended == 0 ? 0 : static_cast<double>(all_ - ended) / rate;
        fmt::print(stderr, "\r{:70}",
                   fmt::format("{} of {} cases, {} failed, {:.1f} a second, {:.0f} s left", ended, all_, counts.failed,
                               rate, left));
    }

private:
    using Clock = std::chrono::steady_clock;
    std::size_t all_;
    bool shown_;
    Clock::time_point began_{Clock::now()}, last_{began_};
};

struct ToDo {
    const BatchCase* one;
    std::string fingerprint;
};

// A case whose process did not come to its end is known by its reason.
void put_failure(const Setting& setting, const ToDo& todo, const std::string& why) {
    remove_reports(setting, *todo.one);
    BatchStore store = setting.store();
    store.put(*todo.one, {"failed", why, todo.fingerprint, {}, false});
}

void take(const Setting& setting, const std::vector<ToDo>& todo, const ChildEnd& end, Counts& counts) {
    if (!end.failure.empty()) {
        ++counts.failed;
        put_failure(setting, todo[end.id], end.failure);
        complain(fmt::format("{}: {}", todo[end.id].one->name, end.failure));
        return;
    }
    counts.no_output = counts.no_output || end.code == kNoOutput;
    counts.done += end.code == kDone || end.code == kSomeInputBad;
    counts.amiss += end.code == kSomeInputBad;
    counts.without += end.code == kNoInput;
}

// False where it was interrupted.
bool run_all(Setting& setting, const std::vector<ToDo>& todo, Counts& counts) {
    const Options& options = setting.options;
    const std::size_t jobs = options.jobs ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
    Children children{{std::chrono::seconds{options.case_time}, std::uint64_t{options.case_memory} << 20}};
    BatchProgress progress{options, todo.size()};
    std::size_t next = 0;
    while (next < todo.size() || children.running() > 0) {
        const bool stopping = children.interrupts() > 0 || counts.no_output;
        if (children.interrupts() > 1) return false;
        if (stopping && children.running() == 0) break;
        if (!stopping && next < todo.size() && children.running() < jobs) {
            const ToDo& one = todo[next];
            if (children.start(next, [&] { return analyze_case(setting, *one.one, one.fingerprint); })) {
                ++next;
                continue;
            }
            if (children.running() == 0) throw FileError{"the system gives no more processes"};
        }
        for (const ChildEnd& end : children.wait()) take(setting, todo, end, counts);
        progress.show(counts);
    }
    return children.interrupts() == 0;
}

std::vector<ToDo> what_to_do(const Setting& setting, const BatchCases& found, Counts& counts) {
    BatchStore store = setting.store();
    const auto done = store.done();
    for (const std::string& report : store.keep_only(found.cases)) {
        std::error_code error;
        for (const char* end : {".json", ".html"}) fs::remove(setting.out / (report + end), error);
    }
    std::vector<ToDo> out;
    for (const BatchCase& one : found.cases) {
        std::string fingerprint = fingerprint_of(one);
        const auto at = done.find(one.name);
        const bool same = at != done.end() && at->second == fingerprint;
        counts.left_alone += same;
        if (!same) out.push_back({&one, std::move(fingerprint)});
    }
    return out;
}

// Of all cases, also those that an earlier run did.
int ended(const report::Index& index) {
    const auto done = [](const report::IndexCase& c) { return c.status == "done"; };
    if (std::ranges::none_of(index.cases, done)) return kNoInput;
    const auto whole = [](const report::IndexCase& c) { return c.status == "done" && c.damaged == 0; };
    return std::ranges::all_of(index.cases, whole) ? kDone : kSomeInputBad;
}

int run(Setting& setting) {
    const Options& options = setting.options;
    const BatchCases found = find_cases(options.arguments.front(), setting.out);
    if (!options.quiet)
        for (const std::string& text : found.skipped) complain(text);
    if (found.cases.empty()) {
        complain(fmt::format("{}: holds no cases", options.arguments.front()));
        return kNoInput;
    }
    Counts counts;
    const auto todo = what_to_do(setting, found, counts);
    const bool all = run_all(setting, todo, counts);
    BatchStore store = setting.store();
    const report::Index index = store.index();
    write_files({{setting.out / "index.html", report::render_index(index)}});
    store.finish();
    if (!options.quiet)
        complain(fmt::format(
            "{} cases: {} done ({} with inputs that were damaged or not read), {} without evidence, {} failed, {} not "
            "done again{}",
            found.cases.size(), counts.done, counts.amiss, counts.without, counts.failed, counts.left_alone,
            all ? "" : "; interrupted: --resume goes on"));
    if (counts.no_output) return kNoOutput;
    if (!all) return kInterrupted;
    return ended(index);
}

std::string usage_problem(const Options& options) {
    if (options.arguments.size() != 1) return "'batch' takes one PATH";
    if (options.out.empty()) return "'batch' needs --out DIR";
    std::error_code error;
    if (!options.resume && fs::exists(fs::path{options.out} / "cases.sqlite", error))
        return fmt::format("{} holds results already: give --resume to go on with them, or another folder",
                           options.out);
    return {};
}

}  // namespace

int batch(const Options& options) {
    if (options.arguments.front() == "query") return batch_query(options);
    if (const auto wrong = usage_problem(options); !wrong.empty()) {
        complain(wrong);
        return kUsage;
    }
    std::vector<yaml::Problem> problems;
    Setting setting{options, load_knowledge(options.rules, problems, Needed::all), {}, options.out, "", ""};
    for (const auto& p : problems) complain(yaml::to_text(p));
    if (!problems.empty()) return kRuleWrong;
    const auto secrets = load_secrets(options);
    if (!secrets) return kUsage;
    std::error_code error;
    if (!fs::exists(options.arguments.front(), error)) {
        complain(fmt::format("{}: cannot be opened: no such file or directory", options.arguments.front()));
        return kNoInput;
    }
    setting.secrets = *secrets;
    setting.rules = setting.knowledge.version;
    setting.identity = identity_of(options);
    fs::create_directories(setting.out / "reports", error);
    if (error) {
        complain(fmt::format("cannot write {}: {}", options.out, reason(error.value())));
        return kNoOutput;
    }
    try {
        return run(setting);
    } catch (const FileError& failure) {
        complain(fmt::format("the batch stopped: {}", failure.what()));
        return kNoOutput;
    }
}

}  // namespace rdpdx::app
