#include "src/app/event_text.hpp"

#include <fmt/format.h>

#include "parsers/evtx/utf16.hpp"
#include "src/report/csv.hpp"
#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

std::string when(const events::Event& e, const model::Zone& zone = {}) {
    return e.time ? model::to_rfc3339(*e.time, model::Precision::hundred_nanos, zone) : std::string{};
}

// A JSON object as it comes.
class JsonLine {
public:
    explicit JsonLine(evtx::TextBuffer& out) : out_{out} {}
    void text(std::string_view key, std::string_view value) {
        open(key);
        out_.add('"');
        escaped(value);
        out_.add('"');
    }
    void text_if_any(std::string_view key, std::string_view value) {
        if (!value.empty()) text(key, value);
    }
    void number(std::string_view key, std::uint64_t value) {
        open(key);
        out_.add(std::string_view{fmt::format_int{value}.c_str()});
    }
    void open(std::string_view key) {
        out_.add(first_ ? "{\"" : ",\"");
        out_.add(key);
        out_.add("\":");
        first_ = false;
    }
    void escaped(std::string_view value) {
        char* const room = out_.room(value.size() * evtx::kBytesPerUnit + evtx::kOverrun);
        out_.advance(evtx::write_utf8<evtx::Dress::json>(room, value));
    }

    void fields(std::string_view key, const std::vector<events::Field>& list) {
        open(key);
        std::string_view before = "[";
        for (const events::Field& field : list) {
            out_.add(before);
            out_.add("{\"name\":\"");
            escaped(field.name);
            out_.add("\",\"value\":\"");
            escaped(field.value);
            out_.add("\"}");
            before = ",";
        }
        out_.add(list.empty() ? "[]" : "]");
    }

private:
    evtx::TextBuffer& out_;
    bool first_ = true;
};

std::string marks(RecordState state) {
    std::string out;
    if (state.recovered) out += "[recovered]";
    if (state.damaged) out += out.empty() ? "[damaged]" : " [damaged]";
    return out;
}

}  // namespace

void add_event_json(evtx::TextBuffer& out, const events::Event& e, std::string_view file, RecordState state) {
    JsonLine line{out};
    line.text("time", when(e));
    line.text("provider", e.provider);
    line.text_if_any("guid", e.provider_guid);
    line.text_if_any("source", e.source_name);
    line.number("id", e.id);
    if (e.qualifiers) line.number("qualifiers", *e.qualifiers);
    line.number("version", e.version);
    line.number("level", e.level);
    line.number("task", e.task);
    line.number("opcode", e.opcode);
    line.text("keywords", fmt::format("{:#x}", e.keywords));
    line.number("record", e.record);
    line.text("channel", e.channel);
    line.text("computer", e.computer);
    line.text_if_any("user", e.user_sid);
    line.text_if_any("activity", e.activity_id);
    line.text_if_any("related", e.related_activity_id);
    line.number("process", e.process);
    line.number("thread", e.thread);
    if (!e.system.empty()) line.fields("system", e.system);
    line.text_if_any("file", file);
    line.number("offset", e.offset);
    for (const auto& [key, is] : {std::pair{"recovered", state.recovered}, std::pair{"damaged", state.damaged}}) {
        if (!is) continue;
        line.open(key);
        out.add("true");
    }
    line.fields("data", e.fields);
    line.text_if_any("message", e.message);
    if (!e.rendering.empty()) line.fields("rendering", e.rendering);
    out.add("}\n");
}

void add_csv_header(evtx::TextBuffer& out) {
    out.add("time,provider,id,level,record,channel,computer,activity,file,offset,data\n");
}

void add_event_csv(evtx::TextBuffer& out, const events::Event& e, std::string_view file, RecordState state) {
    std::string data = marks(state);
    for (const events::Field& field : e.fields) {
        if (!data.empty()) data += "; ";
        data += field.name + "=" + field.value;
    }
    const std::string numbers[]{fmt::format("{}", e.id), fmt::format("{}", e.level), fmt::format("{}", e.record),
                                fmt::format("{}", e.offset)};
    const std::string time = when(e);
    std::string_view before;
    for (const std::string_view cell :
         {std::string_view{time}, std::string_view{e.provider}, std::string_view{numbers[0]},
          std::string_view{numbers[1]}, std::string_view{numbers[2]}, std::string_view{e.channel},
          std::string_view{e.computer}, std::string_view{e.activity_id}, file, std::string_view{numbers[3]},
          std::string_view{data}}) {
        out.add(before);
        report::add_csv_cell([&](std::string_view piece) { out.add(piece); }, cell);
        before = ",";
    }
    out.add('\n');
}

void add_event_text(evtx::TextBuffer& out, const events::Event& e, const catalogue::EventCatalogue& catalogue,
                    const model::Zone& zone, RecordState state) {
    std::string provider = e.provider;
    if (provider.starts_with("Microsoft-Windows-")) provider = provider.substr(18);
    std::string line = fmt::format("{:<30} {} {}", when(e, zone), provider, e.id);
    if (const std::string said = marks(state); !said.empty()) line += "  " + said;
    const auto getter = [&](std::string_view name) { return e.field(name); };
    if (const auto* entry = catalogue.find(e.provider, e.provider_guid, e.id, getter))
        line += "  " + catalogue::sentence(*entry, getter);
    for (const events::Field& f : e.fields) line += fmt::format("  {}={}", f.name, f.value);
    out.add(report::terminal_safe(line));
    out.add('\n');
}

}  // namespace rdpdx::app
