#include "src/app/batch/questions.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::app {
namespace {

constexpr std::array kQuestions{
    Question{"causes", "", "which stage and cause how often",
             "SELECT stage, cause, count(*) AS cases, min(name) AS example FROM cases WHERE outcome IN "
             "('failed','dropped') GROUP BY stage, cause ORDER BY cases DESC, stage, cause"},
    Question{"servers", "", "failed attempts by server and cause",
             "SELECT coalesce(server_name, server_address) AS server, cause, count(*) AS attempts, count(DISTINCT "
             "case_name) AS cases FROM attempts WHERE outcome IN ('failed','dropped') GROUP BY 1, 2 ORDER BY cases "
             "DESC, attempts DESC, 1, 2"},
    Question{"clients", "", "failed attempts by client and cause",
             "SELECT coalesce(client_name, client_address) AS client, cause, count(*) AS attempts, count(DISTINCT "
             "case_name) AS cases FROM attempts WHERE outcome IN ('failed','dropped') GROUP BY 1, 2 ORDER BY cases "
             "DESC, attempts DESC, 1, 2"},
    Question{"days", "", "cases by day and outcome",
             "SELECT substr(started, 1, 10) AS day, outcome, count(*) AS cases FROM cases WHERE status='done' GROUP BY "
             "1, 2 ORDER BY 1, 2"},
    Question{
        "trend", "", "cases by day: how many failed, dropped, succeeded",
        "SELECT substr(started, 1, 10) AS day, sum(outcome='failed') AS failed, sum(outcome='dropped') AS dropped, "
        "sum(outcome='succeeded') AS succeeded, sum(outcome NOT IN ('failed','dropped','succeeded')) AS others FROM "
        "cases WHERE started IS NOT NULL GROUP BY 1 ORDER BY 1 DESC"},
    Question{"certificates", "", "servers' certificates, those of most cases first",
             "SELECT subject, issuer, substr(sha256, 1, 16) AS sha256, not_after, count(DISTINCT case_name) AS cases, "
             "sum(valid=0) AS invalid, min(case_name) AS example FROM certificates GROUP BY subject, issuer, "
             "certificates.sha256, not_after ORDER BY cases DESC, 1, 3"},
    Question{
        "clocks", "", "clocks that are ahead of the packets' or behind, the worst first",
        "SELECT clocks.case_name, path, offset_ms, error_ms FROM clocks JOIN inputs ON "
        "inputs.case_name=clocks.case_name AND n=input WHERE abs(offset_ms)>error_ms AND abs(offset_ms)>=1000 ORDER "
        "BY abs(offset_ms) DESC, 1, 2"},
    Question{"unread", "", "inputs that were damaged or not read",
             "SELECT case_name, path, kind, status, notes FROM inputs WHERE status<>'ok' ORDER BY case_name, n"},
    Question{"not-done", "", "cases without a verdict, with the reason",
             "SELECT name, status, reason FROM cases WHERE status<>'done' ORDER BY name"},
    Question{
        "new-since", "TIME", "causes that no case had before this time",
        "SELECT cause, stage, min(started) AS first, count(*) AS cases FROM cases WHERE cause IS NOT NULL GROUP BY "
        "cause, stage HAVING first >= ? ORDER BY first, cause, stage"},
    Question{
        "like", "CASE", "cases that failed at the same stage of the same cause",
        "SELECT other.name, other.outcome, other.stage, other.cause, other.confidence, other.server, other.started "
        "FROM cases AS one JOIN cases AS other ON other.stage=one.stage AND other.cause IS one.cause AND "
        "other.name<>one.name WHERE one.name=? AND one.outcome IN ('failed','dropped') AND other.outcome IN "
        "('failed','dropped') ORDER BY other.name"},
};

}  // namespace

std::span<const Question> ready_questions() { return kQuestions; }

const Question* find_question(std::string_view name) {
    const auto* at = std::ranges::find(kQuestions, name, &Question::name);
    return at == kQuestions.end() ? nullptr : &*at;
}

}  // namespace rdpdx::app
