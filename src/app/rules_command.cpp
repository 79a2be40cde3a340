#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/analysis/examples.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/rule_text.hpp"
#include "src/catalogue/query.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

int complain_of(const std::vector<yaml::Problem>& problems) {
    for (const auto& p : problems) complain(yaml::to_text(p));
    return problems.empty() ? kDone : kRuleWrong;
}

bool ships(const catalogue::EventEntry& entry) {
    return std::ranges::any_of(shipped_rules(), [&](const ShippedRules& file) { return file.name == entry.file; });
}

// "RdpCoreTS/140  failed  credssp  The server ...", and what it stands instead of.
std::string event_row(const catalogue::EventEntry& entry) {
    std::string out = fmt::format("{:<50} {:<7} {:<20} {}", catalogue::short_id(entry), model::id(entry.shows),
                                  entry.stage ? model::id(*entry.stage) : "-", entry.means);
    for (std::size_t i = 0; i < entry.when.size(); ++i)
        out += (i == 0 ? " [if " : "; ") + catalogue::to_text(entry.when[i]);
    if (!entry.when.empty()) out += ']';
    if (!entry.replaces.empty()) out += fmt::format(" [replaces {}]", fmt::join(entry.replaces, ", "));
    return report::terminal_safe(out) + '\n';
}

// Every entry that a user's files brought, with its place and what it stands instead of.
std::string changes(const catalogue::EventCatalogue& events) {
    std::string out;
    for (const auto& entry : events.entries())
        if (!ships(entry))
            out += fmt::format("{}:{}: {} {}{}\n", entry.file, entry.line, catalogue::short_id(entry),
                               entry.replaces.empty() ? "is new" : "replaces ", fmt::join(entry.replaces, ", "));
    return out;
}

// One rule a line, its id first: causes and what the user's files say about events, or all events.
int list(const Options& options, bool all_events) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems, Needed::all);
    if (const int wrong = complain_of(problems)) return wrong;
    std::string out;
    if (!all_events)
        for (const auto& rule : knowledge.causes)
            out += fmt::format("{:<30} {:<5} {}\n", rule.id, rule.catalogue, rule.title);
    for (const auto& entry : knowledge.events.entries())
        if (all_events || !ships(entry)) out += event_row(entry);
    return print(options, out);
}

// Causes in full, by their ids.
int show(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems, Needed::causes);
    if (const int wrong = complain_of(problems)) return wrong;
    std::string out;
    for (std::size_t i = 1; i < options.arguments.size(); ++i) {
        const auto rule = std::ranges::find(knowledge.causes, options.arguments[i], &rules::CauseRule::id);
        if (rule == knowledge.causes.end()) {
            complain(fmt::format("there is no cause '{}'; 'rdpdx rules list' has them", options.arguments[i]));
            return kUsage;
        }
        if (!out.empty()) out += '\n';
        out += rule_text(*rule, style_for(options));
    }
    return print(options, out);
}

bool is_yaml(const std::filesystem::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

// Hands over the file that `given` names, or every rule file that it holds, and which of both; returns how many.
template <class Use>
std::size_t each_named(const std::string& given, std::vector<yaml::Problem>& problems, Use use) {
    std::size_t files = 0;
    const Found found = find_files({given});
    for (const NotFound& n : found.not_found) problems.push_back({n.shown, 0, 0, n.why});
    for (const FoundFile& file : found.files) {
        const bool itself = file.path == std::filesystem::path{given};
        if (!itself && !is_yaml(file.path)) continue;
        const std::string name = file.path.generic_string();
        try {
            use(yaml::File{name, read_text(file.path, yaml::kMaxFile + 1)}, itself);
            ++files;
        } catch (const FileError& error) {
            problems.push_back({name, 0, 0, error.what()});
        }
    }
    return files;
}

// The shipped files, those of --rules, and any that are named.
int check(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems, Needed::all);
    std::size_t named = 0;
    for (std::size_t i = 1; i < options.arguments.size(); ++i)
        named += each_named(options.arguments[i], problems, [&](const yaml::File& file, bool) {
            const std::span<const yaml::File> one{&file, 1};
            if (is_event_file(file.name, file.text))
                catalogue::EventCatalogue::load(one, problems);
            else
                rules::load(one, problems);
        });
    if (const int wrong = complain_of(problems)) return wrong;
    return print(options, changes(knowledge.events) +
                              fmt::format("{} causes and {} events are well-formed{}.\n", knowledge.causes.size(),
                                          knowledge.events.size(),
                                          named ? fmt::format(", and so are {} named files", named) : ""));
}

struct Tried {
    std::size_t passed{};
    std::vector<yaml::Problem> failed;

    template <class Here>
    void add(const Here& here) {
        passed += here.passed;
        failed.insert(failed.end(), here.failed.begin(), here.failed.end());
    }
};

// Files that are named, each by itself.
void try_named(const std::string& given, Tried& tried, std::vector<yaml::Problem>& problems) {
    each_named(given, problems, [&](const yaml::File& file, bool) {
        const std::span<const yaml::File> one{&file, 1};
        if (is_event_file(file.name, file.text))
            tried.add(analysis::try_examples(catalogue::EventCatalogue::load(one, problems)));
        else
            tried.add(rules::try_examples(rules::load(one, problems)));
    });
}

// Every example of causes and events: those that ship and those of --rules, or those of the files that are named.
int test(const Options& options) {
    std::vector<yaml::Problem> problems;
    Tried tried;
    std::string out;
    if (options.arguments.size() == 1) {
        const auto knowledge = load_knowledge(options.rules, problems, Needed::all);
        tried.add(rules::try_examples(knowledge.causes));
        tried.add(analysis::try_examples(knowledge.events));
        out = changes(knowledge.events);
    } else {
        for (std::size_t i = 1; i < options.arguments.size(); ++i) try_named(options.arguments[i], tried, problems);
    }
    const int wrong = complain_of(problems);
    for (const auto& failure : tried.failed)
        out += fmt::format("FAILED {}:{}: {}\n", failure.file, failure.line, failure.text);
    out += fmt::format("{} passed, {} failed\n", tried.passed, tried.failed.size());
    if (const int unwritten = print(options, out)) return unwritten;
    return tried.failed.empty() ? wrong : kRuleWrong;
}

}  // namespace

int rules(const Options& options) {
    const std::string& what = options.arguments.front();
    const std::size_t words = options.arguments.size();
    if (what == "list" && words == 1) return list(options, false);
    if (what == "list" && words == 2 && options.arguments[1] == "events") return list(options, true);
    if (what == "show" && words > 1) return show(options);
    if (what == "check") return check(options);
    if (what == "test") return test(options);
    complain(
        fmt::format("'rules {}' is not known; there are: rules list [events], rules show ID..., rules check [FILE...], "
                    "rules test [FILE...]",
                    fmt::join(options.arguments, " ")));
    return kUsage;
}

}  // namespace rdpdx::app
