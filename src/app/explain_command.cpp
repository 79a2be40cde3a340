#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/explain_event.hpp"
#include "src/app/knowledge.hpp"
#include "src/codes/explain.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

using catalogue::EventCatalogue;
using catalogue::EventEntry;

// One thing that was asked, and what tables of codes and the catalogue of events say about it.
struct Answer {
    codes::Explanation code;
    std::vector<const EventEntry*> events;
    bool in_full{};  // the events were what was asked for
};

void write_match(report::JsonWriter& json, const codes::Match& match) {
    json.begin_object();
    json.key("family").value(codes::id_of(match.family));
    json.key("value").value(match.code.value);
    json.key("name").value(match.code.name);
    json.key("meaning").value(match.code.meaning);
    json.key("stage").value(match.code.stage);
    json.key("status").value(match.code.status);
    json.key("hint").value(match.code.hint);
    json.key("source").value(match.code.source);
    json.end_object();
}

std::string as_json(const std::vector<Answer>& list) {
    std::string out;
    report::JsonWriter json{out};
    json.begin_object();
    json.key("schema").value("rdpdx.explain/1");
    json.key("codes").begin_array();
    for (const Answer& answer : list) {
        json.begin_object();
        json.key("query").value(answer.code.query);
        json.key("matches").begin_array();
        for (const auto& match : answer.code.matches) write_match(json, match);
        json.end_array();
        json.key("events").begin_array();
        for (const EventEntry* entry : answer.events) write_event(json, *entry);
        json.end_array();
        json.key("notes").value(answer.code.notes);
        json.key("did_you_mean").value(answer.code.did_you_mean);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    out += '\n';
    return out;
}

std::string answer_text(const Answer& answer, std::size_t width) {
    std::string out = codes::render_text({answer.code}, static_cast<int>(width));
    for (const EventEntry* entry : answer.events)
        out += answer.in_full ? event_text(*entry, width) : event_line(*entry, width);
    if (!answer.events.empty() && !answer.in_full)
        out += fmt::format("  'rdpdx explain {}' tells more.\n", catalogue::short_id(*answer.events.front()));
    return out;
}

// What was asked stands in the answer, so each line is made safe.
std::string as_text(const std::vector<Answer>& list, std::size_t width) {
    std::string text;
    for (const Answer& answer : list) text += (text.empty() ? "" : "\n") + answer_text(answer, width);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        out += report::terminal_safe(std::string_view{text}.substr(at, end - at));
        out += '\n';
        at = end + 1;
    }
    return out;
}

// A number alone may be a code, an event, or both.
void add_events(const EventCatalogue& catalogue, Answer& to) {
    const std::string& query = to.code.query;
    constexpr std::size_t kLongestId = 5;
    if (query.empty() || query.size() > kLongestId || query.find_first_not_of("0123456789") != std::string::npos)
        return;
    const auto event = catalogue::read_query("event:" + query);
    if (event) to.events = catalogue.called({}, event->id);
    if (to.events.empty()) return;
    const bool one_provider = std::ranges::all_of(to.events, [&](const EventEntry* entry) {
        return catalogue::same_provider(entry->provider, to.events.front()->provider);
    });
    const bool named = std::ranges::any_of(to.code.matches, [](const codes::Match& m) { return !m.code.name.empty(); });
    to.in_full = one_provider && !named;
    // Beside a code that is better known, noise would only be in the way.
    if (named) std::erase_if(to.events, [](const EventEntry* entry) { return entry->shows == model::Effect::noise; });
    if (to.code.matches.empty()) to.code.notes.clear();  // "No table has it" is not the point
}

Answer event_answer(const EventCatalogue& catalogue, const catalogue::EventQuery& query) {
    auto found = catalogue::answer(catalogue, query);
    Answer out;
    out.code.query = std::move(found.query);
    out.code.notes = std::move(found.notes);
    out.code.did_you_mean = std::move(found.did_you_mean);
    out.events = std::move(found.entries);
    out.in_full = true;
    return out;
}

struct Asked {
    std::optional<catalogue::EventQuery> event;
    std::size_t words{};  // arguments that it takes
};

// The longest run of arguments from `at` on that names an event: `Service Control Manager 7031` is four.
Asked event_at(const EventCatalogue& catalogue, const std::vector<std::string>& arguments, std::size_t at) {
    constexpr std::size_t kMostWords = 8;
    for (std::size_t n = std::min(kMostWords, arguments.size() - at); n > 0; --n) {
        const auto first = arguments.begin() + static_cast<std::ptrdiff_t>(at);
        auto query =
            catalogue::read_query(fmt::format("{}", fmt::join(first, first + static_cast<std::ptrdiff_t>(n), " ")));
        if (!query) continue;
        const bool known = query->who.empty() || catalogue::knows_caller(catalogue, query->who);
        // "Nonsense/7" can only have been meant for an event.
        const bool meant = n == 1 && query->who.find_first_of(" \t") == std::string::npos;
        if (known || meant) return {std::move(query), n};
    }
    return {};
}

std::vector<Answer> answers(const EventCatalogue& catalogue, const std::vector<std::string>& arguments) {
    std::vector<Answer> out;
    std::vector<std::string> codes_asked;  // together, since two numbers may be a pair
    const auto explain_codes = [&] {
        if (codes_asked.empty()) return;
        for (codes::Explanation& code : codes::explain(codes_asked)) {
            out.push_back({std::move(code), {}, false});
            add_events(catalogue, out.back());
        }
        codes_asked.clear();
    };
    for (std::size_t at = 0; at < arguments.size();) {
        const Asked asked = event_at(catalogue, arguments, at);
        if (asked.event) {
            explain_codes();
            out.push_back(event_answer(catalogue, *asked.event));
        } else {
            codes_asked.push_back(arguments[at]);
        }
        at += std::max<std::size_t>(asked.words, 1);
    }
    explain_codes();
    return out;
}

}  // namespace

int explain(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems, Needed::events);
    for (const auto& p : problems) complain(yaml::to_text(p));
    if (!problems.empty()) return kRuleWrong;
    const auto list = answers(knowledge.events, options.arguments);
    const auto style = style_for(options);
    return print(options, options.format == "json" ? as_json(list) : as_text(list, style.width));
}

}  // namespace rdpdx::app
