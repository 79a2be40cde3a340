#include <algorithm>

#include "src/rules/load_clause.hpp"

namespace rdpdx::rules {
namespace {

using yaml::Node;

std::vector<model::Step> remedy(const Node& root, const std::string& cause) {
    std::vector<model::Step> out;
    const auto list = root.find("remedy");
    if (!list) return out;
    for (const Node& item : list->items()) {
        item.keys({"do", "command", "caution"});
        out.push_back({item.text("do").value_or(""), item.optional_text("command").value_or(""),
                       item.optional_text("caution").value_or(""), cause});
    }
    return out;
}

CauseRule rule(const Node& root, const std::string& file) {
    root.keys({"id", "catalogue", "title", "stages", "outcomes", "required", "supporting", "contradicting", "at_most",
               "fallback", "remedy", "sources", "examples"});
    CauseRule out;
    out.file = file;
    out.id = root.text("id").value_or("");
    out.catalogue = root.optional_text("catalogue").value_or("");
    out.title = root.text("title").value_or("");
    out.stages = words(root, "stages", model::stage_by_id, "stage");
    out.outcomes = words(root, "outcomes", model::outcome_by_id, "outcome");
    if (out.outcomes.empty()) out.outcomes = {model::Outcome::failed, model::Outcome::dropped};
    out.required = load_clauses(root, "required");
    if (out.required.empty()) root.problem("a cause needs at least one clause under 'required'");
    out.supporting = load_clauses(root, "supporting");
    out.contradicting = load_clauses(root, "contradicting");
    if (const auto at = root.find("at_most"))
        out.at_most = word(*at, model::confidence_by_id, "confidence").value_or(out.at_most);
    out.fallback = root.optional_boolean("fallback").value_or(false);
    out.remedy = remedy(root, out.id);
    out.sources = root.optional_texts("sources");
    out.examples = load_examples(root, out);
    return out;
}

}  // namespace

std::vector<CauseRule> load(std::span<const yaml::File> files, std::vector<yaml::Problem>& problems) {
    std::vector<CauseRule> out;
    for (const yaml::File& file : files) {
        const std::size_t before = problems.size();
        const auto root = yaml::load(file, problems);
        if (!root) continue;
        CauseRule r = rule(*root, file.name);
        if (problems.size() > before) continue;
        const auto old = std::ranges::find(out, r.id, &CauseRule::id);
        if (old != out.end())
            *old = std::move(r);
        else
            out.push_back(std::move(r));
    }
    std::ranges::sort(out, {}, &CauseRule::id);
    return out;
}

}  // namespace rdpdx::rules
