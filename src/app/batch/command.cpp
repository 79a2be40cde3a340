// `rdpdx batch`: what is asked for, checked and begun.
#include <fmt/format.h>

#include <algorithm>

#include "src/app/batch/case_work.hpp"
#include "src/app/batch/cases.hpp"
#include "src/app/batch/commands.hpp"
#include "src/app/batch/plan.hpp"
#include "src/app/batch/run.hpp"
#include "src/app/batch/shards.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/redaction.hpp"
#include "src/app/secrets.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

// None where there are none, or the path cannot be looked into, or it is a plan with a mistake; that was said then.
BatchCases cases_below(const Options& options, const std::string& path) {
    BatchCases out;
    try {
        out = is_plan(path) ? read_plan(path) : find_cases(path, options.out);
        if (out.cases.empty()) complain(fmt::format("{}: holds no cases", path));
    } catch (const FileError& error) {
        complain(fmt::format("{}: {}", path, error.what()));
    }
    if (!options.quiet)
        for (const std::string& text : out.skipped) complain(text);
    return out;
}

int plan(const Options& options) {
    if (options.arguments.size() != 2) {
        complain("'batch plan' takes one PATH");
        return kUsage;
    }
    const BatchCases found = cases_below(options, options.arguments[1]);
    if (found.cases.empty()) return kNoInput;
    return print(options, render_plan(found));
}

// Whether the file system that a plan's line `below` lies on is mounted here at all.
bool any_there(const std::vector<BatchCase>& cases) {
    std::error_code error;
    const auto there = [&](const std::string& path) { return fs::exists(path, error); };
    return std::ranges::any_of(cases, [&](const BatchCase& one) { return std::ranges::any_of(one.paths, there); });
}

int run(Setting& setting, const std::string& path) {
    const Options& options = setting.options;
    const BatchCases found = cases_below(options, path);
    // An engine may take "no evidence" for success, and so must never hear it of a plan that cannot be followed.
    if (found.cases.empty()) return is_plan(path) ? kUsage : kNoInput;
    if (!any_there(found.cases)) {
        complain(fmt::format("{}: nothing is there of what the plan names", found.below.string()));
        return kNoOutput;
    }
    const Shard shard = shard_of(options.shard).value_or(Shard{});
    setting.identity.plans[digest_of_plan(found.cases)] = fmt::format("{}/{}", shard.k, shard.n);
    auto cases = cases_of(shard, found.cases);
    if (setting.key) hide_names(cases, *setting.key);
    return run_batch(setting, cases);
}

std::string usage_problem(const Options& options, const std::vector<std::string>& paths) {
    if (paths.size() != 1) return "'batch' takes one PATH";
    if (options.out.empty()) return "'batch' needs --out DIR";
    if (!options.shard.empty() && !shard_of(options.shard))
        return fmt::format("--shard takes K/N, as 2/5, not '{}'", options.shard);
    // Machines that look into the folder at different times might see different cases.
    if (!options.shard.empty() && !is_plan(paths.front()))
        return fmt::format("--shard takes a plan: rdpdx batch plan {} -o FILE", paths.front());
    // Cases that are one by one given names of their own could not be compared.
    if (options.redact && options.redact_key.empty()) return "'batch' needs --redact-key FILE with --redact";
    std::error_code error;
    if (!options.resume && fs::exists(fs::path{options.out} / "cases.sqlite", error))
        return fmt::format("{} holds results already: give --resume to go on with them, or another folder",
                           options.out);
    return foreign_reports(options.out);
}

int run(const Options& options) {
    const bool word = options.arguments.front() == "run";
    const std::vector<std::string> paths{options.arguments.begin() + (word ? 1 : 0), options.arguments.end()};
    if (const auto wrong = usage_problem(options, paths); !wrong.empty()) {
        complain(wrong);
        return kUsage;
    }
    std::vector<yaml::Problem> problems;
    Setting setting{options, load_knowledge(options.rules, problems, Needed::all), {}, options.out, {}, {}};
    for (const auto& p : problems) complain(yaml::to_text(p));
    if (!problems.empty()) return kRuleWrong;
    const auto secrets = load_secrets(options);
    if (!secrets || !load_redaction_key(options, setting.key)) return kUsage;
    std::error_code error;
    if (!fs::exists(paths.front(), error)) {
        complain(fmt::format("{}: cannot be opened: no such file or directory", paths.front()));
        return kNoInput;
    }
    setting.secrets = *secrets;
    setting.identity.made_with = made_with(options);
    setting.identity.rules = setting.knowledge.version;
    fs::create_directories(setting.out / "reports", error);
    if (error) {
        complain(fmt::format("cannot write {}: {}", options.out, reason(error.value())));
        return kNoOutput;
    }
    return run(setting, paths.front());
}

}  // namespace

int batch(const Options& options) {
    const std::string& first = options.arguments.front();
    try {
        if (first == "query") return batch_query(options);
        if (first == "merge") return batch_merge(options);
        if (first == "plan") return plan(options);
        return run(options);
    } catch (const FileError& failure) {
        complain(fmt::format("the batch stopped: {}", failure.what()));
        return kNoOutput;
    }
}

}  // namespace rdpdx::app
