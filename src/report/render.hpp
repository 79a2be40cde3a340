// One Report value, many renderings.
#pragma once

#include <functional>
#include <string>

#include "src/model/attempt.hpp"

namespace rdpdx::report {

// The contract's report JSON, "rdpdx.report/1", with a line break at its end.
std::string render_json(const model::Report& report);

// SARIF 2.1.0: each attempt that failed or was dropped is a result, what was seen of it its code flow.
std::string render_sarif(const model::Report& report);

// What stands in a file at an observation's evidence, as text; empty where there is nothing to show.
using RawEvidence = std::function<std::string(const model::Observation&)>;

// One page that needs no other file and asks nothing of a network. `raw` is asked about what the page cites.
std::string render_html(const model::Report& report, const RawEvidence& raw = {});

// For pasting into a ticket: verdict, cause, codes, what to do. The long one has all evidence.
std::string render_markdown(const model::Report& report);
std::string render_markdown_long(const model::Report& report);

struct TextStyle {
    std::size_t width{80};
    bool colour{};
};
std::string render_text(const model::Report& report, const TextStyle& style);

// Everything that was seen, by the packets' clock; a line each. Timesketch's lines have the fields that it requires.
std::string render_timeline_text(const model::Report& report, const TextStyle& style);
std::string render_timeline_csv(const model::Report& report);
std::string render_timeline_jsonl(const model::Report& report);
std::string render_timeline_timesketch(const model::Report& report);

// What each input is and covers. `redacted`: names and addresses are pseudonyms, which is then said.
std::string render_inspect_text(const std::vector<model::Input>& inputs, const TextStyle& style,
                                const model::Zone& zone, bool redacted = false);
std::string render_inspect_json(const std::vector<model::Input>& inputs, bool redacted = false);

// Every captured RDP connection, decoded: "rdpdx.flows/1".
std::string render_flows_text(const std::vector<model::Input>& inputs, const std::vector<model::Track>& tracks,
                              const TextStyle& style, const model::Zone& zone, bool redacted = false);
std::string render_flows_json(const std::vector<model::Input>& inputs, const std::vector<model::Track>& tracks,
                              bool redacted = false);

}  // namespace rdpdx::report
