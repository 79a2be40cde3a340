#include "src/app/batch/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <thread>

#include "src/app/batch/lock.hpp"
#include "src/app/batch/workers.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/slice.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

struct Counts {
    std::size_t done{}, amiss{}, without{}, failed{}, left_alone{};
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
    std::size_t all_;
    bool shown_;
    Clock::time_point began_{Clock::now()}, last_{began_};
};

// Hands out cases and takes their results, from the first to the last.
class Run {
public:
    Run(Setting& setting, BatchStore& store, std::vector<const BatchCase*> todo)
        : setting_{setting},
          store_{store},
          todo_{std::move(todo)},
          jobs_{setting.options.jobs ? setting.options.jobs : std::max(1U, std::thread::hardware_concurrency())},
          workers_{{std::chrono::seconds{setting.options.case_time}, megabytes(setting.options.case_memory),
                    megabytes(setting.options.memory)},
                   [this](std::size_t id, unsigned threads) { return analyze_case(setting_, *todo_[id], threads); }},
          progress_{setting.options, todo_.size()} {}

    // False where it was interrupted.
    bool to_the_end() {
        while (waiting() || workers_.running() > 0) {
            if (workers_.interrupts() > 1) return false;
            if (workers_.interrupts() > 0 && workers_.running() == 0) break;
            while (workers_.interrupts() == 0 && start_one()) {
            }
            for (const TaskEnd& end : workers_.wait()) take(end);
            commit_now_and_then();
            progress_.show(counts_);
        }
        return workers_.interrupts() == 0;
    }
    const Counts& counts() const noexcept { return counts_; }

private:
    static std::uint64_t megabytes(unsigned n) { return std::uint64_t{n} << 20; }
    bool waiting() const { return next_ < todo_.size() || !again_.empty() || !alone_.empty(); }

    // Those that need much memory come last, each alone.
    bool start_one() {
        const std::size_t left = todo_.size() - next_ + again_.size();
        const bool alone = left == 0 && !alone_.empty();
        if ((left == 0 && !alone) || workers_.running() >= (alone ? 1 : jobs_)) return false;
        std::size_t id = next_;
        if (alone)
            id = alone_.front();
        else if (next_ >= todo_.size())
            id = again_.front();
        // Where fewer cases are left than there are jobs, each has several for its inputs.
        const std::size_t at_once = alone ? 1 : left + workers_.running();
        const auto threads = static_cast<unsigned>(std::max<std::size_t>(1, jobs_ / at_once));
        if (!workers_.start(id, threads)) {
            if (workers_.running() == 0) throw FileError{"the system gives no more processes"};
            return false;
        }
        if (alone)
            alone_.pop_front();
        else if (next_ >= todo_.size())
            again_.pop_front();
        else
            ++next_;
        return true;
    }

    void take(const TaskEnd& end) {
        const BatchCase& one = *todo_[end.id];
        if (end.kind == TaskEnd::Kind::crowded) return alone_.push_back(end.id);
        // Who was killed by somebody else, as by a system without memory, has a second try.
        if (end.kind == TaskEnd::Kind::killed && tried_.insert(end.id).second) return again_.push_back(end.id);
        if (end.kind != TaskEnd::Kind::done) {
            ++counts_.failed;
            complain(fmt::format("{}: {}", one.name, end.failure));
            return put(one, failed_case(setting_, one, end.failure));
        }
        const int code = end.result.empty() ? int{kNoOutput} : end.result.front();
        const std::string_view rest = std::string_view{end.result}.substr(std::min<std::size_t>(1, end.result.size()));
        if (code == kNoOutput) throw FileError{fmt::format("results of {} cannot be written: {}", one.name, rest)};
        counts_.done += code == kDone || code == kSomeInputBad;
        counts_.amiss += code == kSomeInputBad;
        counts_.without += code == kNoInput;
        put(one, rest);
    }

    void put(const BatchCase& one, std::string_view rows) {
        store_.put(one.name, rows);
        if (pending_++ == 0) since_ = Clock::now();
    }

    // A transaction costs as much as many cases do, and what is not committed has to be done again after a crash.
    void commit_now_and_then() {
        constexpr std::size_t kMost = 256;
        if (pending_ == 0 || (pending_ < kMost && Clock::now() - since_ < std::chrono::milliseconds{500})) return;
        store_.commit();
        pending_ = 0;
    }

    Setting& setting_;
    BatchStore& store_;
    std::vector<const BatchCase*> todo_;
    std::size_t jobs_, next_{}, pending_{};
    std::deque<std::size_t> again_, alone_;
    std::set<std::size_t> tried_;
    Clock::time_point since_;
    Counts counts_;
    Workers workers_;
    BatchProgress progress_;
};

// After a run that was cut off, reports may lie there that the store knows nothing of.
void remove_strangers(const Setting& setting, const std::vector<BatchCase>& cases) {
    std::set<std::string_view> files;
    for (const BatchCase& one : cases) files.insert(one.file);
    std::error_code error;
    for (fs::directory_iterator at{setting.out / "reports", error}, end; !error && at != end; at.increment(error)) {
        const std::string file = at->path().filename().string();
        const bool ours = (file.ends_with(".json") || file.ends_with(".html")) &&
                          files.count(std::string_view{file}.substr(0, file.size() - 5)) == 1;
        std::error_code ignored;
        if (!ours) fs::remove(at->path(), ignored);
    }
}

std::vector<const BatchCase*> what_to_do(BatchStore& store, const std::vector<BatchCase>& cases, std::size_t& done) {
    std::vector<const BatchCase*> out;
    for (const BatchCase& one : cases) {
        const std::string known = store.done(one.name);
        const bool same = !known.empty() && known == fingerprint_of(one);
        done += same;
        if (!same) out.push_back(&one);
    }
    return out;
}

// False where it was interrupted.
bool run_all(Setting& setting, BatchStore& store, const std::vector<BatchCase>& cases,
             std::vector<const BatchCase*> todo, Counts& counts) {
    if (todo.empty()) return true;
    bool all = true;
    try {
        Run run{setting, store, std::move(todo)};
        all = run.to_the_end();
        const std::size_t left_alone = counts.left_alone;
        counts = run.counts();
        counts.left_alone = left_alone;
    } catch (const FileError&) {
        remove_strangers(setting, cases);  // what workers were writing when they were ended
        throw;
    }
    if (!all) remove_strangers(setting, cases);
    return all;
}

// Of all cases, also those that an earlier run did.
int code_of(const report::Index& index) {
    if (index.all > 0 && index.done == 0) return kNoInput;
    return index.whole == index.all ? kDone : kSomeInputBad;
}

}  // namespace

std::string foreign_reports(const fs::path& out) {
    std::error_code error;
    const bool some = fs::directory_iterator{out / "reports", error} != fs::directory_iterator{};
    if (!some || fs::exists(out / "cases.sqlite", error)) return {};
    return fmt::format("{} holds files that no batch left: give another folder", (out / "reports").string());
}

int finish_results(const fs::path& out, BatchStore& store, bool all) {
    const report::Index index = store.index();
    std::error_code error;
    if (!store.settled() || !fs::exists(out / "index.html", error))
        write_files({{out / "index.html", report::render_index(index)}});
    if (all) store.finish();
    return code_of(index);
}

int run_batch(Setting& setting, const std::vector<BatchCase>& cases) {
    const Options& options = setting.options;
    const FolderLock lock{setting.out};
    BatchStore store{setting.store(), setting.identity};
    store.keep_only(cases);
    if (!store.settled()) remove_strangers(setting, cases);
    Counts counts;
    auto todo = what_to_do(store, cases, counts.left_alone);
    const bool all = run_all(setting, store, cases, std::move(todo), counts);
    store.commit();
    const int code = finish_results(setting.out, store, all);
    if (!options.quiet)
        complain(fmt::format(
            "{} cases: {} done ({} with inputs that were damaged or not read), {} without evidence, {} failed, {} not "
            "done again{}",
            cases.size(), counts.done, counts.amiss, counts.without, counts.failed, counts.left_alone,
            all ? "" : "; interrupted: --resume goes on"));
    return all ? code : kInterrupted;
}

}  // namespace rdpdx::app
