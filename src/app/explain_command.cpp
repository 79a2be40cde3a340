#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/codes/explain.hpp"
#include "src/report/json_writer.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

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

std::string as_json(const std::vector<codes::Explanation>& list) {
    std::string out;
    report::JsonWriter json{out};
    json.begin_object();
    json.key("schema").value("rdpdx.explain/1");
    json.key("codes").begin_array();
    for (const auto& e : list) {
        json.begin_object();
        json.key("query").value(e.query);
        json.key("matches").begin_array();
        for (const auto& match : e.matches) write_match(json, match);
        json.end_array();
        json.key("notes").value(e.notes);
        json.key("did_you_mean").value(e.did_you_mean);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    out += '\n';
    return out;
}

// What was asked stands in the answer, so each line is made safe.
std::string as_text(const std::vector<codes::Explanation>& list, std::size_t width) {
    const std::string text = codes::render_text(list, static_cast<int>(width));
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        out += report::terminal_safe(std::string_view{text}.substr(at, end - at));
        out += '\n';
        at = end + 1;
    }
    return out;
}

}  // namespace

int explain(const Options& options) {
    const auto list = codes::explain(options.arguments);
    const auto style = style_for(options);
    return print(options, options.format == "json" ? as_json(list) : as_text(list, style.width));
}

}  // namespace rdpdx::app
