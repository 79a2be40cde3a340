#include "tests/support/evtx_from_event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace rdpdx::test::evtx {
namespace {

template <class T>
std::optional<T> parsed(std::string_view text, int base = 10) {
    T out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return out;
}

std::optional<Value> numeric(std::string_view text) {
    if (text.starts_with("0x")) {
        if (const auto v = parsed<std::uint32_t>(text.substr(2), 16)) return hex_int32(*v);
        if (const auto v = parsed<std::uint64_t>(text.substr(2), 16)) return hex_int64(*v);
    }
    if (const auto v = parsed<std::uint32_t>(text)) return number(*v);
    if (const auto v = parsed<std::int32_t>(text)) return number(*v);
    if (const auto v = parsed<std::uint64_t>(text)) return number(*v);
    if (const auto v = parsed<std::int64_t>(text)) return number(*v);
    return {};
}

std::optional<Value> identifier(std::string_view text) {
    try {
        if (text.starts_with('{')) return guid(text);
        if (text.starts_with("S-1-")) return sid(text);
    } catch (const std::invalid_argument&) {
        // It only looks like one.
    }
    return {};
}

std::optional<Bytes> from_hex_digits(std::string_view text) {
    Bytes out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto octet = parsed<std::uint8_t>(text.substr(i, 2), 16);
        if (!octet || text.size() - i < 2) return {};
        out.push_back(std::byte{*octet});
    }
    return binary(out).texts.front() == text ? std::optional{out} : std::nullopt;
}

bool is_path(std::string_view name) { return name.find_first_of("/@") != std::string_view::npos; }

// The last child of that name if it may still grow, otherwise a new one.
Element& child(Element& parent, std::string_view name, bool fresh) {
    const bool grows = !fresh && !parent.children.empty() && parent.children.back().name == name;
    if (!grows) parent.children.push_back({std::string{name}, {}, {}, {}});
    return parent.children.back();
}

// "EventXML/Param1" goes into the element EventXML, "Certificate@name" is an attribute. Fields come in file order, so
// an element that a path names again is the last one, except where its text would come a second time.
void insert(Element& root, std::string_view path, Value value) {
    const auto at = path.find('@');
    std::string_view elements = path.substr(0, at);
    Element* parent = &root;
    for (auto slash = elements.find('/'); slash != std::string_view::npos; slash = elements.find('/')) {
        parent = &child(*parent, elements.substr(0, slash), false);
        elements.remove_prefix(slash + 1);
    }
    if (at != std::string_view::npos) {
        const auto name = path.substr(at + 1);
        const bool known = !parent->children.empty() && parent->children.back().name == elements &&
                           (!parent->children.back().content.empty() || !parent->children.back().children.empty() ||
                            std::ranges::count(parent->children.back().attributes, name, &Attribute::name) > 0);
        child(*parent, elements, known).attributes.push_back({std::string{name}, std::move(value)});
        return;
    }
    const bool only_attributes = !parent->children.empty() && parent->children.back().content.empty() &&
                                 parent->children.back().children.empty();
    child(*parent, elements, !only_attributes).content.push_back(std::move(value));
}

// Elements named EventXML have a namespace of that name in the logs of Terminal Services.
Element user_data(const events::Event& event, bool all_text) {
    Element out{"", {}, {}, {}};
    for (const events::Field& field : event.fields)
        insert(out, field.name, all_text ? unicode_string(field.value) : typed(field.value));
    for (Element& root : out.children)
        if (root.name == "EventXML")
            root.attributes.insert(root.attributes.begin(), {"xmlns", std::string{"Event_NS"}});
    return out.children.size() == 1 ? out.children.front() : out;
}

void add_event_data(LogEvent& out, const events::Event& event, bool all_text) {
    std::vector<std::string> unnamed;
    std::size_t unnamed_at = 0;
    for (const events::Field& field : event.fields) {
        const auto octets = field.name == "Binary" ? from_hex_digits(field.value) : std::nullopt;
        if (field.name == fmt::format("Data[{}]", unnamed.size())) {
            if (unnamed.empty()) unnamed_at = out.data.size();
            unnamed.push_back(field.value);
        } else if (octets && !out.binary) {
            out.binary = octets;
        } else {
            out.data.push_back({field.name, all_text ? unicode_string(field.value) : typed(field.value)});
        }
    }
    // Windows has one element for all unnamed values.
    const auto at = out.data.begin() + static_cast<std::ptrdiff_t>(unnamed_at);
    if (!unnamed.empty()) out.data.insert(at, {"", string_array(unnamed)});
}

}  // namespace

Value typed(std::string_view text) {
    std::optional<Value> out;
    if (text == "true" || text == "false") out = boolean(text == "true");
    if (!out) out = identifier(text);
    if (!out) out = numeric(text);
    return out && out->texts.front() == text ? *out : unicode_string(text);
}

LogEvent from_event(const events::Event& event, bool all_text) {
    LogEvent out{.provider = event.provider,
                 .provider_guid = event.provider_guid,
                 .id = static_cast<std::uint16_t>(event.id),
                 .version = static_cast<std::uint8_t>(event.version),
                 .level = static_cast<std::uint8_t>(event.level),
                 .task = static_cast<std::uint16_t>(event.task),
                 .opcode = static_cast<std::uint8_t>(event.opcode),
                 .keywords = event.keywords,
                 .time = event.time.value_or(bytes::Time{}),
                 .activity_id = event.activity_id,
                 .related_activity_id = event.related_activity_id,
                 .process = event.process,
                 .thread = event.thread,
                 .channel = event.channel,
                 .computer = event.computer,
                 .user_sid = event.user_sid};
    if (event.qualifiers) out.qualifiers = static_cast<std::uint16_t>(*event.qualifiers);
    if (event.record > 0) out.record = event.record;
    const bool paths = !event.fields.empty() &&
                       std::ranges::all_of(event.fields, [](const events::Field& f) { return is_path(f.name); });
    if (paths) {
        out.user_data = user_data(event, all_text);
    } else {
        add_event_data(out, event, all_text);
    }
    return out;
}

}  // namespace rdpdx::test::evtx
