#include <fmt/format.h>

#include "parsers/events/json.hpp"
#include "parsers/evtx/log.hpp"
#include "parsers/evtx/reader.hpp"
#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/files.hpp"
#include "src/app/knowledge.hpp"
#include "src/report/json_writer.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

// Where events go, piece by piece; memory does not grow with them.
class Output {
public:
    explicit Output(const std::string& path)
        : file_{path.empty() ? stdout : std::fopen(path.c_str(), "wb")}, own_{!path.empty()} {}
    ~Output() {
        if (own_ && file_) std::fclose(file_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    bool good() const { return file_ != nullptr && good_; }
    void write(std::string_view text) {
        good_ = good_ && std::fwrite(text.data(), 1, text.size(), file_) == text.size();
    }
    bool finish() { return good() && std::fflush(file_) == 0; }

private:
    std::FILE* file_;
    bool own_, good_{true};
};

std::string when(const events::Event& e) {
    return e.time ? model::to_rfc3339(*e.time, model::Precision::hundred_nanos) : std::string{};
}

std::string as_json(const events::Event& e, const std::string& file) {
    std::string out;
    report::JsonWriter json{out, false};
    json.begin_object();
    json.key("time").value(when(e));
    json.key("provider").value(e.provider);
    json.key("id").value(e.id);
    json.key("level").value(e.level);
    json.key("record").value(e.record);
    json.key("channel").value(e.channel);
    json.key("computer").value(e.computer);
    if (!e.activity_id.empty()) json.key("activity").value(e.activity_id);
    json.key("file").value(file);
    json.key("offset").value(e.offset);
    json.key("data").begin_array();
    for (const auto& f : e.fields) {
        json.begin_object();
        json.key("name").value(f.name);
        json.key("value").value(f.value);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    out += '\n';
    return out;
}

std::string as_text(const events::Event& e, const catalogue::EventCatalogue& catalogue) {
    std::string provider = e.provider;
    if (provider.starts_with("Microsoft-Windows-")) provider = provider.substr(18);
    std::string out = fmt::format("{:<30} {} {}", when(e), provider, e.id);
    const auto getter = [&](std::string_view name) { return e.field(name); };
    if (const auto* entry = catalogue.find(e.provider, e.provider_guid, e.id, getter))
        out += "  " + catalogue::sentence(*entry, getter);
    for (const auto& f : e.fields) out += fmt::format("  {}={}", f.name, f.value);
    return report::terminal_safe(out) + "\n";
}

events::Result read_evtx(bytes::Source& source, const std::function<bool(events::Event&&)>& sink) {
    events::Result result;
    const auto tell = [&](const std::vector<evtx::Notice>& notices) {
        for (const auto& n : notices) result.damage.push_back({n.offset, n.text});
    };
    evtx::TemplateCache templates;
    evtx::ChunkReader reader{templates, {}};
    evtx::LogReader log{source, evtx::Recover::off};
    for (evtx::Batch batch; log.next(batch);) {
        tell(log.take_notices());
        for (const evtx::Chunk& chunk : batch.chunks()) {
            reader.open(chunk);
            while (reader.next())
                if (!sink(reader.event())) return result;
            tell(reader.take_notices());
        }
    }
    tell(log.take_notices());
    return result;
}

}  // namespace

int events(const Options& options) {
    std::vector<yaml::Problem> problems;
    const auto knowledge = load_knowledge(options.rules, problems);
    for (const auto& p : problems) complain(yaml::to_text(p));
    if (!problems.empty()) return kRuleWrong;

    Output out{options.output};
    if (!out.good()) {
        complain(fmt::format("cannot write {}", options.output));
        return kNoOutput;
    }
    bool usable = false, trouble = false;
    const Found found = find_files(options.arguments);
    for (const NotFound& n : found.not_found) {
        complain(fmt::format("{}: cannot be opened: {}", n.shown, n.why));
        trouble = true;
    }
    for (const FoundFile& file : found.files) {
        try {
            FileSource source{file.path};
            const auto kind = analysis::recognise(source.peek(analysis::kHeadNeeded));
            if (!analysis::is_log(kind.kind)) {
                const bool capture = kind.kind != analysis::Kind::unrecognised;
                if (!options.quiet)
                    complain(fmt::format("{}: {} holds no events{}{}", file.shown, kind.description,
                                         kind.advice.empty() ? "" : "; ", kind.advice));
                trouble = trouble || !capture;
                continue;
            }
            usable = true;
            const auto write = [&](events::Event&& e) {
                out.write(options.format == "jsonl" ? as_json(e, file.shown) : as_text(e, knowledge.events));
                return out.good();
            };
            const auto result = kind.kind == analysis::Kind::evtx         ? read_evtx(source, write)
                                : kind.kind == analysis::Kind::event_json ? events::read_json(source, write)
                                                                          : events::read_xml(source, write);
            for (const auto& d : result.damage)
                complain(fmt::format("{}: at byte {}: {}", file.shown, d.offset, d.text));
            trouble = trouble || !result.damage.empty();
        } catch (const FileError& error) {
            complain(fmt::format("{}: cannot be opened: {}", file.shown, error.what()));
            trouble = true;
        }
    }
    if (!out.finish()) {
        complain("the output could not be written");
        return kNoOutput;
    }
    if (!usable) {
        complain("no event log that could be read");
        return kNoInput;
    }
    return trouble ? kSomeInputBad : kDone;
}

}  // namespace rdpdx::app
