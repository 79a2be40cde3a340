#include "src/report/json_writer.hpp"

#include <fmt/format.h>

#include "src/report/text_safety.hpp"

namespace rdpdx::report {

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const CodePoint c : code_points(text)) {
        switch (c.value) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (c.value < 0x20 || c.value == 0x7F)
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
                else
                    out += c.utf8;
        }
    }
    out += '"';
}

void JsonWriter::break_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(has_items_.size() * 2, ' ');
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (has_items_.empty()) return;
    if (has_items_.back()) out_ += ',';
    has_items_.back() = true;
    break_line();
}

void JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    has_items_.push_back(false);
}

void JsonWriter::close(char bracket) {
    const bool any = has_items_.back();
    has_items_.pop_back();
    if (any) break_line();
    out_ += bracket;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += pretty_ ? ": " : ":";
    after_key_ = true;
    return *this;
}

void JsonWriter::value(std::string_view text) {
    separate();
    append_json_string(out_, text);
}
void JsonWriter::value(std::int64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}
void JsonWriter::value(std::uint64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
}
void JsonWriter::value(bool flag) {
    separate();
    out_ += flag ? "true" : "false";
}
void JsonWriter::null() {
    separate();
    out_ += "null";
}

void JsonWriter::begin_list() {
    separate();
    out_ += '[';
}

void JsonWriter::item(std::string_view text, bool first) {
    if (!first) out_ += pretty_ ? ", " : ",";
    append_json_string(out_, text);
}

}  // namespace rdpdx::report
