// JSON, written as it comes: no tree, keys in the order of the calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::report {

// `pretty` breaks lines and indents; otherwise everything stands on one line. Text must be UTF-8; what is not becomes
// U+FFFD.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out, bool pretty = true) : out_{out}, pretty_{pretty} {}

    JsonWriter& key(std::string_view name);
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view{text}); }
    void value(const std::string& text) { value(std::string_view{text}); }
    void value(std::int64_t number);
    void value(std::uint64_t number);
    void value(std::uint32_t number) { value(static_cast<std::uint64_t>(number)); }
    void value(int number) { value(static_cast<std::int64_t>(number)); }
    void value(bool flag);
    void null();
    // Of texts; on one line.
    template <class Text>
    void value(const std::vector<Text>& list) {
        begin_list();
        for (std::size_t i = 0; i < list.size(); ++i) item(list[i], i == 0);
        out_ += ']';
    }

private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    void begin_list();
    void item(std::string_view text, bool first);
    void break_line();

    std::string& out_;
    bool pretty_;
    std::vector<bool> has_items_;  // one a level
    bool after_key_{};
};

// With the quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace rdpdx::report
