#include <fmt/format.h>

#include "src/analysis/examples.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"

namespace rdpdx::app {
namespace {

int complain_of(const std::vector<yaml::Problem>& problems) {
    for (const auto& p : problems) complain(yaml::to_text(p));
    return problems.empty() ? kDone : kRuleWrong;
}

// One rule a line, its id first.
int list(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems);
    if (const int wrong = complain_of(problems)) return wrong;
    std::string out;
    for (const auto& rule : knowledge.causes)
        out += fmt::format("{:<30} {:<5} {}\n", rule.id, rule.catalogue, rule.title);
    return print(options, out);
}

// The shipped files, those of --rules, and any that are named.
int check(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems);
    std::size_t named = 0;
    for (std::size_t i = 1; i < options.arguments.size(); ++i) {
        for (const FoundFile& file : find_files({options.arguments[i]}).files) {
            ++named;
            try {
                const std::vector<yaml::File> one{{file.shown, read_text(file.path, yaml::kMaxFile + 1)}};
                if (file.path.parent_path().filename() == "events")
                    catalogue::EventCatalogue::load(one, problems);
                else
                    rules::load(one, problems);
            } catch (const FileError& error) {
                problems.push_back({file.shown, 0, 0, error.what()});
            }
        }
        if (const auto found = find_files({options.arguments[i]}); !found.not_found.empty())
            problems.push_back({options.arguments[i], 0, 0, found.not_found.front().why});
    }
    if (const int wrong = complain_of(problems)) return wrong;
    return print(options,
                 fmt::format("{} causes and {} events are well-formed{}.\n", knowledge.causes.size(),
                             knowledge.events.size(), named ? fmt::format(", and so are {} named files", named) : ""));
}

// Files of events that are named, each as a catalogue of its own; causes are none of ours here.
void try_named(const std::string& path, analysis::Tried& tried, std::vector<yaml::Problem>& problems) {
    const Found found = find_files({path});
    for (const NotFound& n : found.not_found) problems.push_back({n.shown, 0, 0, n.why});
    for (const FoundFile& file : found.files) {
        const std::string name = file.path.generic_string();
        if (file.path.extension() != ".yaml" && file.path.extension() != ".yml") continue;
        try {
            const std::vector<yaml::File> one{{name, read_text(file.path, yaml::kMaxFile + 1)}};
            const auto here = analysis::try_examples(catalogue::EventCatalogue::load(one, problems));
            tried.passed += here.passed;
            tried.failed.insert(tried.failed.end(), here.failed.begin(), here.failed.end());
        } catch (const FileError& error) {
            problems.push_back({name, 0, 0, error.what()});
        }
    }
}

// Every entry's example: those that ship and those of --rules, or those of the files that are named.
int test(const Options& options) {
    std::vector<yaml::Problem> problems;
    analysis::Tried tried;
    if (options.arguments.size() == 1) {
        tried = analysis::try_examples(load_knowledge(options.rules, problems).events);
    } else {
        for (std::size_t i = 1; i < options.arguments.size(); ++i) try_named(options.arguments[i], tried, problems);
    }
    const int wrong = complain_of(problems);
    std::string out;
    for (const auto& failure : tried.failed)
        out += fmt::format("FAILED {}:{}: {}\n", failure.file, failure.line, failure.text);
    out += fmt::format("{} passed, {} failed\n", tried.passed, tried.failed.size());
    if (const int unwritten = print(options, out)) return unwritten;
    return tried.failed.empty() ? wrong : kRuleWrong;
}

}  // namespace

int rules(const Options& options) {
    const std::string& what = options.arguments.front();
    if (what == "list" && options.arguments.size() == 1) return list(options);
    if (what == "check") return check(options);
    if (what == "test") return test(options);
    complain(fmt::format("'rules {}' is not known; there are: rules list, rules check [FILE...], rules test [FILE...]",
                         what));
    return kUsage;
}

}  // namespace rdpdx::app
