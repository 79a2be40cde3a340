#include "src/rules/load_clause.hpp"

#include <algorithm>
#include <array>

#include "src/model/text.hpp"

namespace rdpdx::rules {
namespace {

using yaml::Node;

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxSteps = 8;
constexpr std::int64_t kMaxTimes = 1000;

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

// Fields that hold sentences for people. They are in the language of the machine, so a rule that reads them would hold
// on some machines only.
struct Prose {
    std::string_view kind, field;
};
constexpr std::array kProse{
    Prose{"event", "data.Message"},     Prose{"event", "data.RenderedMessage"},
    Prose{"event", "data.Description"}, Prose{"event", "data.ErrorText"},
    Prose{"event", "data.ReasonText"},  Prose{"event", "data.RenderedDescription"},
    Prose{"gateway.tunnel", "text"},
};

bool is_prose(std::string_view kind, std::string_view field) {
    return std::ranges::any_of(kProse,
                               [&](const Prose& p) { return p.kind == kind && model::same_text(p.field, field); });
}

Matcher::Value value_of(const std::string& text) { return {text, model::lower(text), yaml::read_integer(text)}; }

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
    if (is_prose(kind.kind, m.field)) {
        entry.at.problem(
            fmt::format("'{}' is text for people, in the language of one machine; compare codes", m.field));
        return {};
    }
    if (!has_field(kind, m.field)) {
        entry.at.problem(fmt::format("{} has no field '{}'; it has {}", kind.kind, m.field, kind.fields));
        return {};
    }
    for (const auto& text : entry.value.as_texts()) m.values.push_back(value_of(text));
    if (m.values.empty()) return {};
    for (const auto& value : m.values)
        if (numeric(m.operation) && !value.number) entry.value.problem(fmt::format("'{}' is not a number", value.text));
    return m;
}

// `key` names the kind; 'where' and 'origin' stand beside it.
Pattern pattern(const Node& node, std::string_view key) {
    Pattern out;
    out.kind = node.text(key).value_or("");
    const auto* kind = model::find_kind(out.kind);
    if (!kind) {
        if (const auto at = node.find(key)) at->problem(fmt::format("'{}' is no kind of observation", out.kind));
        return out;
    }
    if (const auto origin = node.find("origin")) out.origin = word(*origin, model::origin_by_id, "origin");
    const auto where = node.find("where");
    if (!where) return out;
    if (!where->is_map()) {
        where->problem("expected a map of fields");
        return out;
    }
    for (const auto& entry : where->entries())
        if (auto m = matcher(entry, *kind)) out.where.push_back(std::move(*m));
    return out;
}

Pattern step(const Node& node) {
    if (!node.keys({"seen", "where", "origin"})) return {};
    return pattern(node, "seen");
}

void span(const Node& node, Clause& out) {
    if (const auto at = node.find("within")) out.within = load_span(*at);
}

void seen_clause(const Node& node, Clause& out) {
    out.pattern = pattern(node, "seen");
    if (const auto times = node.optional_integer("times")) {
        if (*times < 2 || *times > kMaxTimes) node.problem(fmt::format("'times' goes from 2 to {}", kMaxTimes));
        out.times = static_cast<std::size_t>(std::clamp<std::int64_t>(*times, 1, kMaxTimes));
    }
    span(node, out);
    if (out.within && out.times == 1) node.problem("'within' of something seen needs 'times'");
}

void absent_clause(const Node& node, Clause& out) {
    out.pattern = pattern(node, "absent");
    span(node, out);
    if (const auto after = node.find("after")) out.steps.push_back(step(*after));
    if (out.within.has_value() != !out.steps.empty())
        node.problem("'absent' takes 'after' and 'within' together, or neither");
    // Only a log that was there can show that it holds nothing, and only the channel tells which log that is.
    const bool named = std::ranges::find(out.pattern.where, "channel", &Matcher::field) != out.pattern.where.end();
    if (out.pattern.kind == "event" && !named) node.problem("an absent event needs its channel under 'where'");
}

void sequence_clause(const Node& node, Clause& out) {
    const auto list = node.find("sequence");
    if (!list->is_list()) return list->problem("expected a list of steps");
    for (const Node& item : list->items()) out.steps.push_back(step(item));
    if (out.steps.size() < 2 || out.steps.size() > kMaxSteps)
        list->problem(fmt::format("a sequence has 2 to {} steps", kMaxSteps));
    span(node, out);
}

void stage_clause(const Node& node, Clause& out) {
    const auto at = node.child("stage");
    if (!at) return;
    if (const auto stage = word(*at, model::stage_by_id, "stage")) out.stage = *stage;
    out.status = words(node, "is", model::stage_status_by_id, "stage status");
    if (out.status.empty()) node.problem("a stage clause needs 'is' with one or more statuses");
}

std::vector<Clause> clauses(const Node& parent, std::string_view key, int depth);

struct Form {
    std::string_view key;
    Clause::Form form;
    std::initializer_list<std::string_view> keys;  // besides its own, at_most and because
};
const std::array kForms{
    Form{"seen", Clause::Form::seen, {"where", "origin", "times", "within"}},
    Form{"absent", Clause::Form::absent, {"where", "origin", "after", "within"}},
    Form{"sequence", Clause::Form::sequence, {"within"}},
    Form{"stage", Clause::Form::stage, {"is"}},
    Form{"any", Clause::Form::any, {}},
    Form{"all", Clause::Form::all, {}},
    Form{"none", Clause::Form::none, {}},
};

// The one form that the clause has, or a problem.
const Form* form_of(const Node& node) {
    const Form* found = nullptr;
    int forms = 0;
    for (const Form& f : kForms) {
        if (!node.has(f.key)) continue;
        found = &f;
        ++forms;
    }
    std::vector<std::string_view> known{"at_most", "because"};
    for (const Form& f : kForms) {
        if (forms != 1) known.insert(known.end(), f.keys.begin(), f.keys.end());
        if (forms != 1 || found == &f) known.push_back(f.key);
    }
    if (forms == 1) known.insert(known.end(), found->keys.begin(), found->keys.end());
    if (!node.keys(known)) return nullptr;
    if (forms == 1) return found;
    node.problem("a clause is one of seen, absent, sequence, stage, any, all, none");
    return nullptr;
}

std::optional<Clause> clause(const Node& node, int depth) {
    if (depth > kMaxDepth) {
        node.problem("clauses are nested too deep");
        return {};
    }
    const Form* form = form_of(node);
    if (!form) return {};
    Clause out;
    out.form = form->form;
    out.because = node.optional_text("because").value_or("");
    if (const auto at = node.find("at_most"))
        out.at_most = word(*at, model::confidence_by_id, "confidence").value_or(out.at_most);
    switch (out.form) {
        case Clause::Form::seen:
            seen_clause(node, out);
            break;
        case Clause::Form::absent:
            absent_clause(node, out);
            break;
        case Clause::Form::sequence:
            sequence_clause(node, out);
            break;
        case Clause::Form::stage:
            stage_clause(node, out);
            break;
        default:
            out.clauses = clauses(node, form->key, depth + 1);
            break;
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

}  // namespace

bool has_field(const model::ObservationKind& kind, std::string_view field) {
    if (kind.kind == "event" && field.starts_with("data.")) return true;
    std::string_view rest = kind.fields;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (rest.substr(0, end) == field) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

std::optional<model::Duration> load_span(const Node& node) {
    constexpr std::int64_t kMost = 1'000'000;
    struct Unit {
        std::string_view suffix;
        model::Duration length;
    };
    constexpr std::array kUnits{Unit{"ms", std::chrono::milliseconds{1}}, Unit{"s", std::chrono::seconds{1}},
                                Unit{"m", std::chrono::minutes{1}}, Unit{"h", std::chrono::hours{1}}};
    const auto text = node.as_text();
    if (!text) return {};
    for (const Unit& unit : kUnits) {
        if (!text->ends_with(unit.suffix)) continue;
        const auto number = yaml::read_integer(std::string_view{*text}.substr(0, text->size() - unit.suffix.size()));
        if (number && *number >= 0 && *number <= kMost) return unit.length * *number;
    }
    node.problem(fmt::format("'{}' is no span; write 500ms, 30s, 5m or 2h", *text));
    return {};
}

std::vector<Clause> load_clauses(const Node& parent, std::string_view key) { return clauses(parent, key, 0); }

}  // namespace rdpdx::rules
