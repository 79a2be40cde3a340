#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "parsers/bytes/text.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/evidence_files.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/app/large_pages.hpp"
#include "src/app/open_page.hpp"
#include "src/app/read_inputs.hpp"
#include "src/app/redaction.hpp"
#include "src/app/secrets.hpp"
#include "src/app/zone.hpp"
#include "src/redact/report.hpp"

namespace rdpdx::app {
namespace {

struct Prepared {
    analysis::Knowledge knowledge;
    InputsRead inputs;
    std::optional<redact::Key> key;  // where names shall not be shown
    int wrong{kDone};                // another exit code: nothing more can be done
};

Prepared prepare(const Options& options) {
    use_large_pages();
    Prepared out;
    if (!options.filter.empty()) {
        if (const auto why = analysis::filter_problem(options.filter)) {
            complain(fmt::format("--filter '{}': {}", options.filter, *why));
            out.wrong = kUsage;
            return out;
        }
    }
    std::vector<yaml::Problem> problems;
    out.knowledge = load_knowledge(options.rules, problems, Needed::causes);
    for (const auto& p : problems) complain(yaml::to_text(p));
    if (!problems.empty()) {
        out.wrong = kRuleWrong;
        return out;
    }
    const auto secrets = load_secrets(options);
    if (!secrets || !load_redaction_key(options, out.key)) {
        out.wrong = kUsage;
        return out;
    }
    out.inputs = read_inputs(options, out.knowledge, *secrets);
    give_back_memory();
    if (options.redact && !out.key) out.key = redaction_key_of(out.inputs.seed);
    return out;
}

int ended(const InputsRead& inputs) {
    if (inputs.usable == 0) {
        complain("nothing that could be read: give packet captures (pcap, pcapng) or event logs (EVTX, XML, JSON)");
        return kNoInput;
    }
    return inputs.trouble ? kSomeInputBad : kDone;
}

// False and a message where --from or --to is no time.
bool time_option(const std::string& name, const std::string& text, std::optional<model::Time>& to) {
    if (text.empty()) return true;
    to = bytes::parse_time(text);
    if (!to) complain(fmt::format("--{} takes a time like 2026-11-21T05:39:00Z, not '{}'", name, text));
    return to.has_value();
}

std::vector<model::Input> take_inputs(InputsRead& read) {
    std::vector<model::Input> out;
    for (auto& reading : read.readings) out.push_back(std::move(reading.input));
    return out;
}

// Does nothing without a key. False where what --redact-map asks for could not be written.
bool hide(const Options& options, const std::optional<redact::Key>& key, std::vector<model::Input>& inputs,
          std::vector<model::Track>& tracks) {
    if (!key) return true;
    redact::Redactor redactor{*key};
    redact::redact(inputs, tracks, redactor);
    return after_redaction(options, redactor, inputs);
}

}  // namespace

int print(const Options& options, const std::string& text) {
    return print(options.output.empty() ? std::vector<Target>{{"", options.format}}
                                        : std::vector<Target>{{options.output, options.format}},
                 [&](const std::string&) { return text; });
}

int print(const std::vector<Target>& targets, const std::function<std::string(const std::string&)>& render) {
    std::vector<FileText> files;
    for (const Target& target : targets) {
        std::string text = render(target.format);
        if (!target.path.empty()) {
            files.push_back({target.path, std::move(text)});
        } else if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
            complain("standard output could not be written");
            return kNoOutput;
        }
    }
    try {
        write_files(files);
    } catch (const WriteError& error) {
        complain(fmt::format("cannot write {}: {}", error.path, error.what()));
        return kNoOutput;
    }
    return kDone;
}

std::string render(const model::Report& report, const Options& options, const std::string& format,
                   const report::RawEvidence& raw) {
    struct Format {
        std::string_view name;
        std::string (*render)(const model::Report&);
    };
    constexpr std::array kFormats{
        Format{"json", report::render_json},
        Format{"sarif", report::render_sarif},
        Format{"markdown", report::render_markdown},
        Format{"markdown-long", report::render_markdown_long},
        Format{"csv", report::render_timeline_csv},
        Format{"jsonl", report::render_timeline_jsonl},
        Format{"timesketch", report::render_timeline_timesketch},
    };
    if (format == "html") return report::render_html(report, raw);
    for (const Format& f : kFormats)
        if (f.name == format) return f.render(report);
    return options.command == "timeline" ? report::render_timeline_text(report, style_for(options))
                                         : report::render_text(report, style_for(options));
}

// False and a message where --explain-rules names a rule that there is not.
bool wanted_rules(const Options& options, const analysis::Knowledge& knowledge, rules::TraceWanted& to) {
    using What = rules::TraceWanted::What;
    const std::string& text = options.explain_rules;
    if (text.empty()) return true;
    to.what = text == "all" ? What::all : text == "matter" ? What::matter : What::listed;
    if (to.what != What::listed) return true;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        to.ids.push_back(text.substr(begin, end - begin));
        begin = end + 1;
        if (std::ranges::find(knowledge.causes, to.ids.back(), &rules::CauseRule::id) != knowledge.causes.end())
            continue;
        complain(fmt::format("--explain-rules: there is no cause '{}'; 'rdpdx rules list' has them", to.ids.back()));
        return false;
    }
    return true;
}

// A page that cannot be shown is written nevertheless.
void show_pages(const Options& options) {
    for (const Target& target : options.targets) {
        if (target.format != "html" || target.path.empty()) continue;
        if (const auto why = open_page(target.path)) complain(fmt::format("{} cannot be shown: {}", target.path, *why));
    }
}

// A page has room to say of its rules which clause held; elsewhere that is only said where it was asked for, so pages
// are made first.
int write_reports(model::Report& report, const Options& options, const report::RawEvidence& raw) {
    const auto is_page = [](const Target& target) { return target.format == "html"; };
    std::vector<Target> targets = options.targets;
    std::stable_partition(targets.begin(), targets.end(), is_page);
    return print(targets, [&](const std::string& format) {
        if (format != "html" && options.explain_rules.empty())
            for (auto& attempt : report.attempts) attempt.rule_trace.clear();
        return render(report, options, format, raw);
    });
}

namespace {

// The system takes back all memory at once. To give it back piece by piece, as destructors do, takes as long as a tenth
// of the reading. Where leaks are looked for, they have to.
int leave(int code) {
#ifdef __SANITIZE_ADDRESS__
    return code;
#else
    std::fflush(nullptr);
    std::_Exit(code);
#endif
}

}  // namespace

int analyze(const Options& options) {
    analysis::Scope scope;
    scope.client = options.client;
    scope.server = options.server;
    scope.user = options.user;
    scope.port = options.port;
    if (!time_option("from", options.from, scope.from) || !time_option("to", options.to, scope.to)) return kUsage;
    if (!zone_is_known(options)) return kUsage;
    Prepared prepared = prepare(options);
    if (prepared.wrong != kDone) return prepared.wrong;
    if (!wanted_rules(options, prepared.knowledge, scope.explain)) return kUsage;
    const bool page = std::ranges::find(options.targets, "html", &Target::format) != options.targets.end();
    if (page && options.explain_rules.empty()) scope.explain.what = rules::TraceWanted::What::matter;
    const int code = ended(prepared.inputs);
    if (code == kNoInput) return code;
    auto report = analysis::analyze(std::move(prepared.inputs.readings), prepared.knowledge, scope, RDPDX_VERSION);
    if (prepared.key) {
        redact::Redactor redactor{*prepared.key};
        redact::redact(report, redactor);
        if (!after_redaction(options, redactor, report.inputs)) return kNoOutput;
    }
    report.zone = *zone_for(options.tz, report);
    // Bytes know no pseudonyms.
    EvidenceFiles files{std::move(prepared.inputs.files)};
    const int written = write_reports(report, options, options.redact ? nullptr : files.of(report));
    if (written != kDone) return leave(written);
    if (options.open) show_pages(options);
    const bool failed = std::ranges::any_of(report.attempts, [](const model::Attempt& a) {
        return a.outcome == model::Outcome::failed || a.outcome == model::Outcome::dropped;
    });
    return leave(options.exit_code && failed ? kFailedAttempt : code);
}

int inspect(const Options& options) {
    if (!zone_is_known(options)) return kUsage;
    Prepared prepared = prepare(options);
    if (prepared.wrong != kDone) return prepared.wrong;
    const int code = ended(prepared.inputs);
    std::vector<model::Track> tracks;  // they tell who is in the captures and logs
    if (prepared.key)
        for (auto& reading : prepared.inputs.readings) std::ranges::move(reading.tracks, std::back_inserter(tracks));
    auto inputs = take_inputs(prepared.inputs);
    if (!hide(options, prepared.key, inputs, tracks)) return kNoOutput;
    const int written = print(
        options, options.format == "json" ? report::render_inspect_json(inputs, options.redact)
                                          : report::render_inspect_text(inputs, style_for(options),
                                                                        *zone_for(options.tz, inputs), options.redact));
    return written != kDone ? written : code;
}

int flows(const Options& options) {
    if (!zone_is_known(options)) return kUsage;
    Prepared prepared = prepare(options);
    if (prepared.wrong != kDone) return prepared.wrong;
    const int code = ended(prepared.inputs);
    if (code == kNoInput) return code;
    std::vector<model::Track> tracks;
    for (auto& reading : prepared.inputs.readings)
        for (auto& track : reading.tracks)
            if ((track.wire || track.udp) && (!options.port || track.server.port == *options.port))
                tracks.push_back(std::move(track));
    auto inputs = take_inputs(prepared.inputs);
    if (!hide(options, prepared.key, inputs, tracks)) return kNoOutput;
    const int written = print(options, options.format == "json"
                                           ? report::render_flows_json(inputs, tracks, options.redact)
                                           : report::render_flows_text(inputs, tracks, style_for(options),
                                                                       *zone_for(options.tz, inputs), options.redact));
    return written != kDone ? written : code;
}

}  // namespace rdpdx::app
