#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/rules/rule.hpp"

namespace rdpdx::rules {
namespace {

using yaml::Node;

constexpr int kMaxClauseDepth = 8;

struct Operator {
    std::string_view suffix;
    Matcher::Operation operation;
};
constexpr std::array kOperators{
    Operator{"contains", Matcher::Operation::contains},  Operator{"startswith", Matcher::Operation::starts_with},
    Operator{"endswith", Matcher::Operation::ends_with}, Operator{"gt", Matcher::Operation::greater},
    Operator{"gte", Matcher::Operation::at_least},       Operator{"lt", Matcher::Operation::less},
    Operator{"lte", Matcher::Operation::at_most},
};

bool numeric(Matcher::Operation operation) { return operation >= Matcher::Operation::greater; }

// The named value, or a problem at the node.
template <class Enum>
std::optional<Enum> word(const Node& node, std::optional<Enum> (*by_id)(std::string_view) noexcept,
                         std::string_view what) {
    const auto text = node.as_text();
    if (!text) return {};
    const auto value = by_id(*text);
    if (!value) node.problem(fmt::format("'{}' is no {}", *text, what));
    return value;
}

template <class Enum>
std::vector<Enum> words(const Node& parent, std::string_view key,
                        std::optional<Enum> (*by_id)(std::string_view) noexcept, std::string_view what) {
    std::vector<Enum> out;
    const auto node = parent.find(key);
    if (!node) return out;
    const auto take = [&](const Node& item) {
        if (const auto value = word(item, by_id, what)) out.push_back(*value);
    };
    if (node->is_list())
        for (const Node& item : node->items()) take(item);
    else
        take(*node);
    return out;
}

// Whether observations of this kind have this field.
bool has_field(const model::ObservationKind& kind, std::string_view field) {
    if (kind.kind == "event" && field.rfind("data.", 0) == 0) return true;
    std::string_view rest = kind.fields;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (rest.substr(0, end) == field) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

std::optional<Matcher> matcher(const yaml::Entry& entry, const model::ObservationKind& kind) {
    Matcher m;
    const auto bar = entry.key.find('|');
    m.field = entry.key.substr(0, bar);
    if (bar != std::string::npos) {
        const auto suffix = std::string_view{entry.key}.substr(bar + 1);
        const auto at = std::ranges::find(kOperators, suffix, &Operator::suffix);
        if (at == kOperators.end()) {
            entry.at.problem(fmt::format(
                "unknown comparison '{}', expected contains, startswith, endswith, gt, gte, lt or lte", suffix));
            return {};
        }
        m.operation = at->operation;
    }
    if (!has_field(kind, m.field)) {
        entry.at.problem(fmt::format("{} has no field '{}'; it has {}", kind.kind, m.field, kind.fields));
        return {};
    }
    m.values = entry.value.as_texts();
    if (m.values.empty()) return {};
    for (const auto& value : m.values)
        if (numeric(m.operation) && !yaml::read_integer(value))
            entry.value.problem(fmt::format("'{}' is not a number", value));
    return m;
}

std::vector<Clause> clauses(const Node& parent, std::string_view key, int depth);

void seen_clause(const Node& node, Clause& out) {
    out.kind = Clause::Kind::seen;
    out.observation = node.text("seen").value_or("");
    const auto* kind = model::find_kind(out.observation);
    if (!kind) {
        if (const auto at = node.find("seen"))
            at->problem(fmt::format("'{}' is no kind of observation", out.observation));
        return;
    }
    if (const auto origin = node.find("origin")) out.origin = word(*origin, model::origin_by_id, "origin");
    const auto where = node.find("where");
    if (!where) return;
    if (!where->is_map()) return where->problem("expected a map of fields");
    for (const auto& entry : where->entries())
        if (auto m = matcher(entry, *kind)) out.where.push_back(std::move(*m));
}

void stage_clause(const Node& node, Clause& out) {
    out.kind = Clause::Kind::stage;
    const auto at = node.child("stage");
    if (!at) return;
    if (const auto stage = word(*at, model::stage_by_id, "stage")) out.stage = *stage;
    out.status = words(node, "is", model::stage_status_by_id, "stage status");
    if (out.status.empty()) node.problem("a stage clause needs 'is' with one or more statuses");
}

std::optional<Clause> clause(const Node& node, int depth) {
    if (depth > kMaxClauseDepth) {
        node.problem("clauses are nested too deep");
        return {};
    }
    if (!node.keys({"seen", "where", "origin", "stage", "is", "any", "all", "none", "at_most", "because"})) return {};
    const int forms = node.has("seen") + node.has("stage") + node.has("any") + node.has("all") + node.has("none");
    if (forms != 1) {
        node.problem("a clause is one of seen, stage, any, all, none");
        return {};
    }
    Clause out;
    out.because = node.optional_text("because").value_or("");
    if (const auto at = node.find("at_most"))
        out.at_most = word(*at, model::confidence_by_id, "confidence").value_or(out.at_most);
    if (node.has("seen")) {
        seen_clause(node, out);
    } else if (node.has("stage")) {
        stage_clause(node, out);
    } else {
        const std::string_view key = node.has("any") ? "any" : node.has("all") ? "all" : "none";
        out.kind = key == "any" ? Clause::Kind::any : key == "all" ? Clause::Kind::all : Clause::Kind::none;
        out.clauses = clauses(node, key, depth + 1);
    }
    return out;
}

std::vector<Clause> clauses(const Node& parent, std::string_view key, int depth) {
    std::vector<Clause> out;
    const auto list = parent.find(key);
    if (!list) return out;
    if (!list->is_list()) {
        list->problem("expected a list of clauses");
        return out;
    }
    for (const Node& item : list->items())
        if (auto c = clause(item, depth)) out.push_back(std::move(*c));
    return out;
}

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
               "fallback", "remedy", "sources"});
    CauseRule out;
    out.file = file;
    out.id = root.text("id").value_or("");
    out.catalogue = root.optional_text("catalogue").value_or("");
    out.title = root.text("title").value_or("");
    out.stages = words(root, "stages", model::stage_by_id, "stage");
    out.outcomes = words(root, "outcomes", model::outcome_by_id, "outcome");
    if (out.outcomes.empty()) out.outcomes = {model::Outcome::failed, model::Outcome::dropped};
    out.required = clauses(root, "required", 0);
    if (out.required.empty()) root.problem("a cause needs at least one clause under 'required'");
    out.supporting = clauses(root, "supporting", 0);
    out.contradicting = clauses(root, "contradicting", 0);
    if (const auto at = root.find("at_most"))
        out.at_most = word(*at, model::confidence_by_id, "confidence").value_or(out.at_most);
    out.fallback = root.optional_boolean("fallback").value_or(false);
    out.remedy = remedy(root, out.id);
    out.sources = root.optional_texts("sources");
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
