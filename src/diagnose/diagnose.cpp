#include "src/diagnose/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "src/diagnose/missing.hpp"
#include "src/diagnose/two_numbers.hpp"
#include "src/rules/evaluate.hpp"

namespace rdpdx::diagnose {
namespace {

using model::Attempt;
using model::Confidence;
using model::Finding;
using model::Incident;
using model::Outcome;
using model::Party;

constexpr std::size_t kAlternatives = 4;

std::string how_it_ended(const Attempt& a) {
    const std::string who{a.ended_by == Party::network ? "something on the path"
                                                       : "the " + std::string{model::id(a.ended_by)}};
    if (a.end_kind == "fin") return who + " closed the connection (FIN)";
    if (a.end_kind == "reset") return who + " reset the connection (RST)";
    if (a.end_kind == "channel-close") return who + " closed the gateway's channel";
    if (a.end_kind == "refused") return "the server's address refused the connection (RST to the SYN)";
    if (a.end_kind == "foreign") return who + " answered in another protocol";
    if (a.end_kind == "refusal") return who + " refused";
    if (a.end_kind == "error-info") return who + " said why and ended it (Set Error Info)";
    if (a.end_kind == "ultimatum") return who + " ended it (MCS Disconnect Provider Ultimatum)";
    if (a.end_kind == "alert") return who + " gave up with a TLS alert";
    if (a.end_kind == "udp-silence")
        return "the side channel over UDP had died, and the TCP connection was closed for it";
    if (a.end_kind == "unreachable") return "the network says the server cannot be reached (ICMP)";
    const bool lost = a.ended_by == Party::network;
    for (const model::PathComparison& p : a.path)
        if (a.end_kind == "no-answer" && lost && !p.assumption.empty())
            return "a capture that ran at the same time does not show the SYN, which was lost on the path if " +
                   p.assumption;
    if (a.end_kind == "no-answer")
        return lost ? "the SYN or its answer was lost on the path" : "the SYN was not answered";
    if (a.end_kind == "silence" && lost) return "what was waited for was lost on the path, as two captures show";
    if (a.end_kind == "silence")
        return a.ended_by == Party::unknown ? "an answer never came, and one capture cannot tell whose fault that is"
                                            : who + " did not answer";
    return {};
}

std::string cause_sentence(const Attempt& a) {
    if (!a.cause)
        return a.outcome == Outcome::failed || a.outcome == Outcome::dropped
                   ? " The evidence is not enough to name a cause."
                   : "";
    const auto confidence = a.cause->confidence;
    const std::string_view lead = confidence == Confidence::confirmed ? "Cause"
                                  : confidence == Confidence::likely  ? "Likely cause"
                                                                      : "Possible cause";
    return fmt::format(" {}: {}.", lead, a.cause->title);
}

bool captured(const Attempt& a) {
    return std::ranges::any_of(a.tracks, [](const model::Track& t) { return t.wire.has_value(); });
}

// Packets from the middle of a connection, so that there must have been one, and nothing that could be read in them.
bool shows_nothing(const Attempt& a) {
    const auto known = [](const model::StageResult& s) {
        return s.status == model::StageStatus::passed || s.status == model::StageStatus::failed;
    };
    const auto there = std::ranges::find_if(a.stages, known);
    return captured(a) && there != a.stages.end() && there->stage == model::Stage::tcp_connect &&
           there->basis == model::Basis::inferred && std::none_of(there + 1, a.stages.end(), known);
}

std::string sentence(const Attempt& a) {
    const std::string ended = how_it_ended(a);
    const std::string stage{model::title(a.stage)};
    const std::string inferred = a.basis == model::Basis::inferred ? " (inferred)" : "";
    if (!model::main_track(a.stage))
        return fmt::format(
            "Only a side channel over UDP is in evidence, as far as {}; the TCP connection that it belongs to is not.",
            stage);
    switch (a.outcome) {
        case Outcome::failed:
            return fmt::format("The connection failed at the stage {}{}{}.{}", stage, inferred,
                               ended.empty() ? "" : ": " + ended, cause_sentence(a));
        case Outcome::dropped:
            return fmt::format("The session was active and then dropped{}.{}", ended.empty() ? "" : ": " + ended,
                               cause_sentence(a));
        case Outcome::succeeded:
            return "The connection succeeded: the session became active.";
        case Outcome::incomplete:
            if (model::inside_tls(a.stage) && a.basis == model::Basis::inferred)
                return fmt::format("{} The connection came at least as far as {}{}{}.",
                                   captured(a)
                                       ? "The outcome is hidden: what TLS carried cannot be read without its keys."
                                       : "The outcome is in none of the logs.",
                                   stage, inferred, ended.empty() ? "" : ", and later " + ended);
            if (shows_nothing(a))
                return "The evidence begins after the connection did, and nothing in it tells how far that came.";
            return fmt::format("The evidence ends before the outcome shows; the connection came as far as {}{}{}.",
                               stage, inferred, ended.empty() ? "" : ", and then " + ended);
        case Outcome::not_rdp:
            return a.cause ? fmt::format("This is not RDP: {}.", a.cause->title)
                           : "This connection to RDP's port carries nothing of RDP.";
    }
    return {};
}

// How far an attempt came: the number of its stage, and one more when it succeeded.
std::size_t reach(const Attempt& a) {
    return static_cast<std::size_t>(a.stage) + (a.outcome == Outcome::succeeded ? 1 : 0);
}

Outcome outcome_of(const Incident& incident, const std::vector<Attempt>& attempts) {
    const Attempt& last = attempts[incident.attempts.back()];
    if (last.outcome == Outcome::succeeded) return Outcome::succeeded;
    const auto furthest =
        std::ranges::max_element(incident.attempts, {}, [&](std::size_t i) { return reach(attempts[i]); });
    return attempts[*furthest].outcome;
}

}  // namespace

void explain(Attempt& attempt, std::span<const rules::CauseRule> causes) {
    explain_numbers(attempt);
    std::vector<Finding> findings = rules::evaluate(causes, attempt);
    for (Finding& f : findings) {
        if (!attempt.cause && f.confidence > Confidence::undetermined)
            attempt.cause = std::move(f);
        else if (attempt.alternatives.size() < kAlternatives)
            attempt.alternatives.push_back(std::move(f));
    }
    attempt.missing = missing_for(attempt);
    std::ranges::move(missing_logs(attempt, causes), std::back_inserter(attempt.missing));
    if (attempt.cause) attempt.next_steps = attempt.cause->remedy;
}

namespace {

// Shown from outside the server. What only its own logs know is often somebody else: a scan, another user.
bool brought(const Attempt& a) {
    return std::ranges::any_of(a.tracks, [](const model::Track& t) {
        return t.origin == model::Origin::capture || t.origin == model::Origin::client_log;
    });
}

// Whether whoever collected the evidence can have meant this incident: it is in a capture or in a client's log, or of a
// client that is. Where there are servers' logs only, it is all of them.
class Meant {
public:
    explicit Meant(const model::Report& report) : report_{report} {
        for (const Attempt& a : report.attempts)
            if (brought(a)) clients_.insert(a.client.address);
    }
    bool operator()(const Incident& incident) const {
        return clients_.empty() || std::ranges::any_of(incident.attempts, [&](std::size_t i) {
                   const Attempt& a = report_.attempts[i];
                   return brought(a) || clients_.contains(a.client.address);
               });
    }

private:
    const model::Report& report_;
    std::set<std::string> clients_;
};

}  // namespace

void conclude(model::Report& report) {
    report.verdict = {};
    for (Attempt& a : report.attempts) a.sentence = sentence(a);
    const Incident* chosen = nullptr;
    const auto started = [&](const Incident& i) { return report.attempts[i.attempts.back()].started; };
    // What was meant goes before what only a server's log knows, an incident that did not succeed before one that did,
    // RDP before what is not, with its connection before a side channel alone, the latest before earlier ones.
    const Meant meant{report};
    const auto weight = [&](const Incident& i) {
        const int more = meant(i) ? 4 : 0;
        if (model::udp_alone(report.attempts[i.attempts.front()])) return more + 1;
        return more + (i.outcome == Outcome::succeeded ? 2 : i.outcome == Outcome::not_rdp ? 0 : 3);
    };
    for (Incident& incident : report.incidents) {
        incident.outcome = outcome_of(incident, report.attempts);
        if (!chosen || weight(incident) > weight(*chosen) ||
            (weight(incident) == weight(*chosen) && started(incident) >= started(*chosen)))
            chosen = &incident;
    }
    if (!chosen) {
        report.verdict.sentence = "No connection attempt was found in what was given.";
        return;
    }
    const auto best =
        std::ranges::max_element(chosen->attempts, {}, [&](std::size_t i) { return reach(report.attempts[i]); });
    report.verdict.attempt = *best;
    report.verdict.outcome = chosen->outcome;
    report.verdict.sentence = report.attempts[*best].sentence;
}

}  // namespace rdpdx::diagnose
