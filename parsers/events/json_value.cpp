#include "parsers/events/json_value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "parsers/bytes/text.hpp"
#include "parsers/events/json_cutter.hpp"
#include "parsers/events/system_values.hpp"

namespace rdpdx::events {
namespace {

using Kind = JsonValue::Kind;

// Builds the tree as the parser goes. An open value's siblings come after it is closed, so pointers to open ones hold.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
public:
    JsonValue root;
    std::size_t error_at{};

    bool null() override { return add(Kind::null, {}); }
    bool boolean(bool value) override { return add(Kind::boolean, value ? "true" : "false"); }
    bool number_integer(std::int64_t value) override { return add(Kind::number, std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) override { return add(Kind::number, std::to_string(value)); }
    bool number_float(double, const std::string& written) override { return add(Kind::number, written); }
    bool string(std::string& value) override { return add(Kind::text, std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool key(std::string& value) override {
        key_ = std::move(value);
        return true;
    }
    bool start_object(std::size_t) override { return open(Kind::object); }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Kind::array); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        error_at = position;
        return false;
    }

private:
    JsonValue* place(Kind kind, std::string text) {
        JsonValue value{kind, std::move(key_), std::move(text), {}};
        key_.clear();
        if (open_.empty()) {
            root = std::move(value);
            return &root;
        }
        open_.back()->items.push_back(std::move(value));
        return &open_.back()->items.back();
    }
    bool add(Kind kind, std::string text) {
        place(kind, std::move(text));
        return true;
    }
    bool open(Kind kind) {
        if (open_.size() >= kMaxJsonDepth) return false;
        open_.push_back(place(kind, {}));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    std::string key_;
    std::vector<JsonValue*> open_;
};

// The four digits of \uXXXX at `at`, or nothing.
std::optional<unsigned> unit_at(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return {};
    return number<unsigned>("0x" + std::string{text.substr(at + 2, 4)});
}

// Escapes of half a surrogate pair, which no parser accepts and real messages hold, name U+FFFD instead.
bool mend_surrogates(std::string& text) {
    bool mended = false;
    for (std::size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at)) {
        const auto unit = unit_at(text, at);
        if (!unit || (*unit & 0xF800U) != 0xD800U) {
            at += 2;
            continue;
        }
        const auto next = unit_at(text, at + 6);
        if (*unit < 0xDC00 && next && (*next & 0xFC00U) == 0xDC00U) {
            at += 12;
            continue;
        }
        text.replace(at, 6, "\\uFFFD");
        mended = true;
        at += 6;
    }
    return mended;
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view member) const noexcept {
    if (kind != Kind::object) return nullptr;
    const auto found = std::ranges::find(items, member, &JsonValue::name);
    return found == items.end() ? nullptr : &*found;
}

JsonReading read_json_value(std::string_view text) {
    JsonReading out;
    std::string mended;
    if (const auto at = first_not_utf8(text)) {
        out.problem = "bytes that are not UTF-8 became U+FFFD";
        out.at = *at;
        text = mended = bytes::valid_utf8(text);
    }
    if (text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos) {
        mended = std::string{text};
        if (mend_surrogates(mended) && out.problem.empty()) out.problem = "half a surrogate pair became U+FFFD";
        text = mended;
    }
    Builder builder;
    if (nlohmann::json::sax_parse(text, &builder)) {
        out.value = std::move(builder.root);
    } else {
        // After bytes that are not UTF-8, places in our text are no longer the file's: the first such byte is named.
        const bool same_places = out.at == 0;
        out.problem = "an event was skipped: it is not well-formed JSON";
        if (same_places) out.at = std::min(builder.error_at, text.size());
    }
    return out;
}

}  // namespace rdpdx::events
