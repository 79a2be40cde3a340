// A rule's own examples: a few observations make an attempt, and the rule must find its cause there or not.
#include <algorithm>

#include "src/rules/evaluate.hpp"
#include "src/rules/load_clause.hpp"

namespace rdpdx::rules {
namespace {

using model::Attempt;
using model::Observation;
using model::Origin;
using yaml::Node;

constexpr std::size_t kMaxExamples = 64, kMaxSeen = 64;

// Examples are not of any time; this one only has to be some way from the beginning of time.
constexpr model::Time kBegin{std::chrono::hours{24 * 365 * 50}};

model::Value value_of(const Node& node) {
    if (node.is_list()) return node.as_texts();
    const std::string text = node.as_text().value_or("");
    if (const auto number = yaml::read_integer(text)) return *number;
    return text;
}

// "KIND: {field: value}" with 'at' and 'origin' beside it. Without 'at' the n-th comes in the n-th second.
std::optional<Observation> observation(const Node& node, std::size_t number) {
    if (!node.is_map()) {
        node.problem("expected KIND: {fields}");
        return {};
    }
    Observation o;
    o.evidence = {0, model::Evidence::Kind::packet, number, 0};
    o.time = kBegin + std::chrono::seconds{static_cast<std::int64_t>(number)};
    std::optional<Origin> origin;
    for (const auto& entry : node.entries()) {
        if (entry.key == "at") {
            if (const auto at = load_span(entry.value)) o.time = kBegin + *at;
        } else if (entry.key == "origin") {
            origin = word(entry.value, model::origin_by_id, "origin");
        } else if (const auto* kind = model::find_kind(entry.key); !kind || !o.kind.empty()) {
            entry.at.problem(fmt::format("'{}' is no kind of observation, or the second one here", entry.key));
        } else {
            o.kind = o.text = entry.key;
            if (entry.value.kind() == Node::Kind::empty || !entry.value.is_map()) continue;
            for (const auto& field : entry.value.entries()) {
                if (!has_field(*kind, field.key))
                    field.at.problem(
                        fmt::format("{} has no field '{}'; it has {}", kind->kind, field.key, kind->fields));
                o.fields.push_back({field.key, value_of(field.value)});
            }
        }
    }
    if (o.kind.empty()) {
        node.problem("expected KIND: {fields}");
        return {};
    }
    o.origin = origin.value_or(o.kind == "event" ? Origin::server_log : Origin::capture);
    if (o.origin != Origin::capture) o.evidence.kind = model::Evidence::Kind::event;
    return o;
}

model::Track& track_of(Attempt& attempt, Origin origin) {
    for (auto& t : attempt.tracks)
        if (t.origin == origin) return t;
    model::Track& track = attempt.tracks.emplace_back();
    track.origin = origin;
    track.started = attempt.started;
    // A capture of the whole connection, with its secrets.
    if (origin == Origin::capture) {
        track.wire.emplace();
        track.wire->connected = track.wire->opened = true;
        track.wire->capture_end = kBegin + std::chrono::hours{1};
    }
    return track;
}

void stages(const Node& node, Attempt& attempt) {
    attempt.stages.resize(model::kStages);
    for (std::size_t i = 0; i < model::kStages; ++i) attempt.stages[i].stage = static_cast<model::Stage>(i);
    if (attempt.outcome == model::Outcome::failed)
        attempt.stages[static_cast<std::size_t>(attempt.stage)].status = model::StageStatus::failed;
    const auto given = node.find("stages");
    if (!given || !given->is_map()) return;
    for (const auto& entry : given->entries()) {
        const auto stage = model::stage_by_id(entry.key);
        if (!stage) entry.at.problem(fmt::format("'{}' is no stage", entry.key));
        const auto status = word(entry.value, model::stage_status_by_id, "stage status");
        if (stage && status) attempt.stages[static_cast<std::size_t>(*stage)].status = *status;
    }
}

Attempt attempt_of(const Node& node, const CauseRule& rule) {
    Attempt out;
    out.started = kBegin;
    out.ended = kBegin + std::chrono::minutes{1};
    out.stage = rule.stages.empty() ? model::Stage::session : rule.stages.front();
    if (const auto at = node.find("stage")) out.stage = word(*at, model::stage_by_id, "stage").value_or(out.stage);
    out.outcome = rule.outcomes.front();
    if (const auto at = node.find("outcome"))
        out.outcome = word(*at, model::outcome_by_id, "outcome").value_or(out.outcome);
    stages(node, out);
    // Channels of whole logs, which can show that something was not logged.
    for (const auto& channel : node.optional_texts("logs"))
        out.logs.push_back(
            {0, "", channel, Origin::other_log, kBegin - std::chrono::hours{1}, kBegin + std::chrono::hours{1}});
    const auto seen = node.find("seen");
    if (!seen) return out;
    std::size_t number = 0;
    for (const Node& item : seen->items()) {
        if (++number > kMaxSeen) break;
        if (auto o = observation(item, number)) track_of(out, o->origin).seen.push_back(std::move(*o));
    }
    return out;
}

std::string made_of(const std::optional<model::Confidence>& confidence) {
    return confidence ? std::string{model::id(*confidence)} : "nothing";
}

}  // namespace

std::vector<Example> load_examples(const Node& root, const CauseRule& rule) {
    std::vector<Example> out;
    const auto list = root.find("examples");
    if (!list) return out;
    for (const Node& node : list->items()) {
        if (!node.keys({"that", "gives", "stage", "outcome", "stages", "logs", "seen"})) continue;
        if (out.size() == kMaxExamples) {
            node.problem(fmt::format("more than {} examples", kMaxExamples));
            break;
        }
        Example example;
        example.line = node.line();
        example.that = node.text("that").value_or("");
        if (const auto gives = node.child("gives"); gives && gives->as_text() != "nothing")
            example.gives = word(*gives, model::confidence_by_id, "confidence");
        example.attempt = attempt_of(node, rule);
        out.push_back(std::move(example));
    }
    return out;
}

Tried try_examples(std::span<const CauseRule> rules) {
    Tried out;
    for (const CauseRule& rule : rules) {
        for (const Example& example : rule.examples) {
            const auto found = evaluate(std::span{&rule, 1}, example.attempt);
            const auto gives = found.empty() ? std::nullopt : std::optional{found.front().confidence};
            if (gives == example.gives)
                ++out.passed;
            else
                out.failed.push_back({rule.file, example.line, 0,
                                      fmt::format("{}: \"{}\" gives {}, not {}", rule.id, example.that, made_of(gives),
                                                  made_of(example.gives))});
        }
    }
    return out;
}

}  // namespace rdpdx::rules
