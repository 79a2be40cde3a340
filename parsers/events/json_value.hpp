// One JSON text -> a tree. The only place that knows nlohmann-json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::events {

struct JsonValue {
    enum class Kind : std::uint8_t { null, boolean, number, text, array, object };
    Kind kind{};
    std::string name;              // of a member of an object
    std::string text;              // as an event shows it: "true", "5", "-0.25"; nothing for null, arrays and objects
    std::vector<JsonValue> items;  // in the order of the text; names may repeat

    bool is(Kind k) const noexcept { return kind == k; }
    bool scalar() const noexcept { return kind != Kind::array && kind != Kind::object; }
    // The first member of that name, or null.
    const JsonValue* find(std::string_view member) const noexcept;
};

// An event may be there and still have a problem, at a place counted from the beginning of the text.
struct JsonReading {
    std::optional<JsonValue> value;
    std::string problem;  // one sentence, or empty
    std::size_t at{};
};
// Bytes that are not UTF-8, and halves of surrogate pairs, become U+FFFD. The text's size and the number of its
// brackets are the caller's to bound.
JsonReading read_json_value(std::string_view text);

}  // namespace rdpdx::events
