// `rdpdx batch`: what is asked for, checked and begun.
#include <fmt/format.h>

#include "src/app/batch/case_work.hpp"
#include "src/app/batch/cases.hpp"
#include "src/app/batch/run.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/secrets.hpp"

namespace rdpdx::app {
namespace fs = std::filesystem;
namespace {

int run(Setting& setting) {
    const Options& options = setting.options;
    const BatchCases found = find_cases(options.arguments.front(), setting.out);
    if (!options.quiet)
        for (const std::string& text : found.skipped) complain(text);
    if (found.cases.empty()) {
        complain(fmt::format("{}: holds no cases", options.arguments.front()));
        return kNoInput;
    }
    return run_batch(setting, found.cases);
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
    Setting setting{options, load_knowledge(options.rules, problems, Needed::all), {}, options.out, {}};
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
    setting.identity = {made_with(options), setting.knowledge.version, {}};
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
