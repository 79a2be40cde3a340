#include <algorithm>

#include "src/analysis/analysis.hpp"
#include "src/analysis/copies.hpp"
#include "src/analysis/join_logs.hpp"
#include "src/correlate/correlate.hpp"
#include "src/correlate/logs.hpp"
#include "src/correlate/path.hpp"
#include "src/correlate/texts.hpp"
#include "src/correlate/udp.hpp"
#include "src/diagnose/assess.hpp"
#include "src/diagnose/diagnose.hpp"
#include "src/diagnose/other_way.hpp"
#include "src/diagnose/udp.hpp"
#include "src/model/text.hpp"
#include "src/rules/evaluate.hpp"

namespace rdpdx::analysis {
namespace {

bool names(const model::Endpoint& e, const std::string& wanted) { return e.address == wanted || e.name == wanted; }

// With or without the domain.
bool is_user(std::string_view user, std::string_view wanted) {
    return model::same_text(user, wanted) || model::same_text(model::without_domain(user), wanted);
}

bool outside(const model::Attempt& a, const Scope& scope) {
    if (scope.from && a.ended < *scope.from) return true;
    if (scope.to && a.started > *scope.to) return true;
    if (!scope.client.empty() && !names(a.client, scope.client)) return true;
    if (!scope.server.empty() && !names(a.server, scope.server)) return true;
    if (!scope.user.empty() && !is_user(a.user, scope.user)) return true;
    return scope.port && a.server.port != 0 && a.server.port != *scope.port;
}

std::size_t number_of_tracks(const std::vector<Reading>& readings) {
    std::size_t out = 0;
    for (const Reading& reading : readings) out += reading.tracks.size();
    return out;
}

}  // namespace

model::Report analyze(std::vector<Reading> readings, const Knowledge& knowledge, const Scope& scope,
                      std::string version) {
    model::Report report;
    report.version = std::move(version);
    report.rules = knowledge.version;
    drop_copies(readings);
    std::vector<model::Track> tracks;
    std::vector<model::LogCover> logs;
    std::vector<model::MachineTexts> texts;
    tracks.reserve(number_of_tracks(readings));
    for (Reading& reading : readings) {
        report.inputs.push_back(std::move(reading.input));
        std::ranges::move(reading.tracks, std::back_inserter(tracks));
        reading.tracks = {};
        std::ranges::move(reading.logs, std::back_inserter(logs));
        if (reading.texts) texts.push_back(std::move(*reading.texts));
        std::ranges::move(reading.log_health, std::back_inserter(report.log_health));
    }
    std::vector<model::Track> udp = correlate::take_udp(tracks);
    std::vector<correlate::ClockJump> jumps;
    for (const auto& note : report.log_health)
        if (note.kind == model::LogNote::kClockChanged && note.time) jumps.push_back({note.computer, *note.time});
    report.attempts = correlate::correlate(std::move(tracks), jumps);
    correlate::compare_paths(report.attempts, report.inputs);
    correlate::join_udp(report.attempts, std::move(udp));
    join_logs(report.attempts, readings, report.inputs);
    std::erase_if(report.attempts, [&](const model::Attempt& a) { return outside(a, scope); });
    for (std::size_t i = 0; i < report.attempts.size(); ++i) report.attempts[i].id = "A" + std::to_string(i + 1);
    correlate::add_logs(report.attempts, logs);
    std::ranges::move(correlate::judge_logs(report.attempts), std::back_inserter(report.log_health));
    std::ranges::stable_sort(report.log_health, {}, [](const model::LogNote& n) { return n.time; });
    report.incidents = correlate::incidents(report.attempts);
    for (model::Attempt& attempt : report.attempts) diagnose::assess(attempt);
    diagnose::compare_udp(report.attempts, report.incidents);
    diagnose::compare_ways(report.attempts);
    correlate::place_texts(report.attempts, texts, report.inputs);
    for (model::Attempt& attempt : report.attempts) diagnose::explain(attempt, knowledge.causes);
    for (model::Attempt& attempt : report.attempts)
        attempt.rule_trace = rules::trace(knowledge.causes, attempt, scope.explain);
    diagnose::conclude(report);
    return report;
}

}  // namespace rdpdx::analysis
